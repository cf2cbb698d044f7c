import { expect, test } from "vitest";
import type { ChatEvent, EventBody } from "./events.ts";
import { speechOf } from "./speech.ts";

test.each<{ what: string; body: EventBody; says: string | undefined }>([
  { what: "an answer", body: { type: "message", data: { role: "assistant", text: "Done." } }, says: "Done." },
  { what: "a person's words", body: { type: "message", data: { role: "user", text: "Hi" } }, says: undefined },
  { what: "words beside calls", body: { type: "thought", data: { text: "I look.", said: true } }, says: "I look." },
  { what: "reasoning", body: { type: "thought", data: { text: "Hm." } }, says: undefined },
  { what: "an error", body: { type: "error", data: { code: "x", message: "y", retryable: false } }, says: undefined },
])("$what: the agent says $says", ({ body, says }) => {
  const actor = { kind: "agent", id: "agent", name: "agent" } as const;
  const place = { chatId: "c", seq: 1, at: "2026-12-01T00:00:00.000Z", runId: "r", taskId: null, step: 1, actor };
  expect(speechOf({ ...place, ...body } as ChatEvent)?.text).toBe(says);
});
