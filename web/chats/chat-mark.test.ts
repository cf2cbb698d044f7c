import { expect, test } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { markOf } from "./chat-mark.tsx";

const at = { runState: null, lastRunState: null, head: 9, seen: 9 } as const satisfies Partial<Chat>;
const failed = { ...at, preview: { lastLine: null, unread: 0, pinned: false, failed: true, tags: [] } } as const;

test.each([
  { when: "all was seen", chat: at, is: null },
  { when: "more was said than was seen", chat: { ...at, seen: 8 }, is: "unread" },
  {
    when: "its last run failed, which nobody has seen",
    chat: { ...at, lastRunState: "failed", seen: 8 },
    is: "failed",
  },
  {
    when: "a run failed, and another did well behind it",
    chat: { ...failed, lastRunState: "completed" },
    is: "failed",
  },
  { when: "a run failed, and it was looked at since", chat: { ...at, lastRunState: "failed" }, is: null },
  { when: "it works again, though a run failed", chat: { ...failed, runState: "working" }, is: "working" },
  { when: "it waits, though a run failed", chat: { ...failed, runState: "waiting" }, is: "waiting" },
] as const)("the mark of a chat in the list when $when", ({ chat, is }) => {
  expect(markOf(chat as unknown as Chat, false)).toBe(is);
  // What is open is seen; what it does stays marked.
  expect(markOf(chat as unknown as Chat, true)).toBe(is === "failed" || is === "unread" ? null : is);
});
