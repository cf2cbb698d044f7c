import { expect, test } from "vitest";
import { eventKind } from "./event-filter.ts";
import type { ChatEvent, EventOf } from "./events.ts";

const shared = (data: object, actorId: string): ChatEvent => ({
  ...{ chatId: "c", seq: 2, at: "2026-01-01T00:00:00.000Z", runId: null, taskId: null, step: null },
  actor: { kind: "user", id: actorId, name: actorId },
  type: "chat",
  data: { change: "shared", userId: "ann", ...data } as EventOf<"chat">["data"],
});

test.each([
  { when: "the chat of a task is shared with who gave it", event: shared({}, "ann"), is: "bookkeeping" },
  { when: "somebody has shared it, in an old log", event: shared({}, "bob"), is: null },
  { when: "somebody has shared it", event: shared({ name: "ann", write: true }, "bob"), is: null },
  { when: "she came by a link", event: shared({ name: "ann", write: true, link: true }, "ann"), is: null },
])("that a chat is shared is of the kind $is when $when", ({ event, is }) => expect(eventKind(event)).toBe(is));
