import { expect, test } from "vitest";
import { complete } from "./complete.ts";
import type { Request } from "./link.ts";

const roof = (id: string, title: string) => ({ kind: "task", id, title, state: "pending", reference: `@task:${id}` });
const ROOFS = [
  roof("3f2a91c0aaaaaaaaaaaa", "Mend the roof"),
  roof("77aa91c0aaaaaaaaaaaa", "Paint\nthe roof of the old house"),
];

const request: Request = async <T>(_method: string, path: string): Promise<T> => {
  if (path === "/api/references?q=task%3Aroof&limit=6") return { items: ROOFS, next: null } as T;
  if (path.startsWith("/api/references")) throw new Error("not now");
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
  const [hits, part] = await complete(request, { id: "c1" }, text);
  expect([hits, part]).toEqual(is);
});

test("Tab behind @ offers things of Sparky's own by their ids, and shows what they are called", async () => {
  expect(await complete(request, null, "see @task:roof")).toEqual([
    ["@task:3f2a91c0aaaaaaaaaaaa ", "@task:77aa91c0aaaaaaaaaaaa "],
    "@task:roof",
    ["@task:3f2a91c0… Mend the roof", "@task:77aa91c0… Paint ⏎ the roof of the…"],
  ]);
});

test("where there is no chat yet nobody is offered", async () => {
  expect(await complete(request, null, "@an")).toEqual([[], "@an", []]);
});
