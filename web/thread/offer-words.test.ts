import { expect, test } from "vitest";
import { blankIn, offerWords, stillFits, withPrompt } from "./offer-words.ts";

test.each([
  { text: "@", is: { kind: "resource", query: "", from: 0 } },
  { text: "see (@docs:fi", is: { kind: "resource", query: "docs:fi", from: 5 } },
  { text: "/rev", is: { kind: "prompt", query: "rev", from: 0 } },
  { text: "/", is: { kind: "prompt", query: "", from: 0 } },
  { text: "me@docs", is: null },
  { text: "/review it", is: null },
  { text: "see /etc", is: null },
  { text: "@docs:x and", is: null },
  { text: "", is: null },
])("behind “$text” is offered: $is", ({ text, is }) => {
  expect(offerWords(text, text.length)).toEqual(is);
});

test("what stands behind the cursor does not count", () => {
  expect(offerWords("@do and more", 3)).toEqual({ kind: "resource", query: "do", from: 0 });
});

test("a template's first blank is what is written over", () => {
  expect(blankIn("@docs:x://{id}/{part}")).toEqual({ start: 10, end: 14 });
  expect(blankIn("@docs:x://1")).toBeNull();
});

test("a prompt takes the place of the words that it was asked for by, and of nothing that stands or was typed behind them", () => {
  expect(withPrompt("/rev", "/rev", "Review this: ")).toEqual({ text: "Review this: ", end: 13 });
  expect(withPrompt("/rev of mine", "/rev", "Review ")).toEqual({ text: "Review  of mine", end: 7 });
  // Sent, taken away or another chat's meanwhile.
  expect(withPrompt("", "/rev", "Review")).toBeNull();
  expect(withPrompt("Another", "/rev", "Review")).toBeNull();
});

test.each([
  { query: "roo", fits: true },
  { query: "task:ROOF", fits: true },
  { query: "task:abc", fits: true },
  { query: "", fits: true },
  { query: "roofs", fits: false },
  { query: "node:none?", fits: false },
])("what was offered a moment ago still fits $query: $fits", ({ query, fits }) => {
  expect(stillFits(query, ["Mend the old roof", "@task:abcdefghij"])).toBe(fits);
});
