import { expect, test } from "vitest";
import type { Request } from "./link.ts";
import { createPosts, type Posts } from "./posts.ts";

/** Posts whose requests are answered when the test says so. */
function rig(): {
  posts: Posts;
  asked: string[];
  began: string[];
  elsewhere: string[];
  answer: (body: unknown) => Promise<void>;
} {
  const asked: string[] = [];
  const began: string[] = [];
  const elsewhere: string[] = [];
  const waiting: { resolve: (body: unknown) => void; reject: (error: unknown) => void }[] = [];
  const request: Request = <T>(method: string, path: string, body?: unknown) => {
    asked.push(`${method} ${path} ${(body as { text?: string; instruction?: string }).text ?? ""}`.trim());
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.push({ resolve, reject });
    return promise as Promise<T>;
  };
  const posts = createPosts({
    io: { now: () => 0, sleep: async () => {} },
    request,
    signal: new AbortController().signal,
    changed: () => {},
    began: ({ id }) => began.push(id),
    queued: () => {},
    failedElsewhere: ({ text }) => elsewhere.push(text),
  });
  const answer = async (body: unknown): Promise<void> => {
    const next = waiting.shift();
    if (body instanceof Error) next?.reject(body);
    else next?.resolve(body);
    await new Promise(setImmediate);
  };
  return { posts, asked, began, elsewhere, answer };
}

test("F12 F13 what was written in one chat goes there, though another is open by then", async () => {
  const { posts, asked, answer } = rig();
  posts.moveTo("a");
  posts.send("message", "one");
  posts.send("message", "two");
  posts.moveTo("b");
  posts.send("message", "three");
  expect(posts.items.map(({ text }) => text)).toEqual(["three"]);
  expect(posts.unsent).toHaveLength(3);
  for (const seq of [1, 2, 3]) await answer({ seq, runId: "r" });
  expect(asked.toSorted()).toEqual([
    "POST /api/chats/a/messages one",
    "POST /api/chats/a/messages two",
    "POST /api/chats/b/messages three",
  ]);
  expect(posts.unsent).toEqual([]);
});

test("F20 a new chat is made once, for the first of what is said in it, and not at all for one that says nothing", async () => {
  const { posts, asked, began, answer } = rig();
  posts.moveTo(null);
  posts.send("message", "one");
  posts.send("message", "two");
  await answer({ id: "new" });
  for (const seq of [2, 3]) await answer({ seq, runId: "r" });
  expect(asked).toEqual(["POST /api/chats", "POST /api/chats/new/messages one", "POST /api/chats/new/messages two"]);
  expect(began).toEqual(["new"]);
});

test("what could not be sent to a chat that is not open any more is told, and a retry sends it there", async () => {
  const { posts, asked, elsewhere, answer } = rig();
  posts.moveTo("a");
  posts.send("message", "one");
  posts.moveTo("b");
  await answer(new Error("no"));
  expect(elsewhere).toEqual(["one"]);
  expect(posts.retry()).toBe(true);
  await answer({ seq: 1, runId: "r" });
  expect(asked.at(-1)).toBe("POST /api/chats/a/messages one");
  expect(posts.retry()).toBe(false);
});
