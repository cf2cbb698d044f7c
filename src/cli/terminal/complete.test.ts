import { expect, test } from "vitest";
import { complete } from "./complete.ts";
import type { Request } from "./link.ts";

const request: Request = async <T>(_method: string, path: string): Promise<T> => {
  const items = path === "/api/chats/c1/people" ? [{ name: "ann" }, { name: "anna.b" }, { name: "bob" }] : [];
  return { items, next: null } as T;
};

test.each([
  { text: "Look, @an", is: [["@ann ", "@anna.b "], "@an"] },
  { text: "@", is: [["@ann ", "@anna.b ", "@bob "], "@"] },
  { text: "/task ask @B", is: [["@bob "], "@B"] },
  { text: "me@an", is: [[], "me@an"] },
  { text: "@ann look", is: [[], "@ann look"] },
])("Tab behind “$text” offers who sees the chat", async ({ text, is }) => {
  expect(await complete(request, { id: "c1" }, text)).toEqual(is);
});

test("where there is no chat yet nobody is offered", async () => {
  expect(await complete(request, null, "@an")).toEqual([[], "@an"]);
});
