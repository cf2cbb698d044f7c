import { expect, test } from "vitest";
import { placesOf } from "./places.ts";

const chats = [
  { chatId: "a", seq: 2 },
  { chatId: "b", seq: 4 },
  { chatId: "c", seq: 5 },
];

test.each([
  ["a", { before: null, after: { chatId: "b", at: 4 }, number: 1, count: 3 }],
  ["b", { before: { chatId: "a", at: 2 }, after: { chatId: "c", at: 5 }, number: 2, count: 3 }],
  ["c", { before: { chatId: "b", at: 4 }, after: null, number: 3, count: 3 }],
])("from %s one step leads to the chat made right before, and to the one right behind", (chatId, place) => {
  expect([...placesOf(chatId, [{ seq: 7, chats }])]).toEqual([[7, place]]);
});
