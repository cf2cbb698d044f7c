import { expect, test } from "vitest";
import type { ChatEvent, EventBody } from "../../src/core/events.ts";
import { foldTranscript } from "../../src/core/transcript.ts";
import { placesOf } from "./places.ts";

const said = (text: string): EventBody => ({ type: "message", data: { role: "user", text } });

function placesIn(bodies: readonly EventBody[]) {
  const actor = { kind: "user", id: "u", name: "ann" } as const;
  const place = { chatId: "c", at: "2026-01-01T00:00:00.000Z", runId: null, taskId: null, step: null, actor };
  const events = bodies.map((body, n) => ({ ...place, ...body, seq: n + 1 }) as ChatEvent);
  return [...placesOf(foldTranscript(events).entries)];
}

test("a chat that others were made from leads to the newest of them, at the message where they part", () => {
  const fork = (to: string): EventBody => ({ type: "chat", data: { change: "fork", to, seq: 1 } });
  expect(placesIn([said("a"), said("b"), said("c"), fork("x"), fork("y")])).toEqual([
    [2, { before: null, after: { chatId: "y", at: 2 }, count: 3 }],
  ]);
});

test("a chat that was made from another leads back to it, at the first message of its own", () => {
  const forked: EventBody = { type: "chat", data: { change: "forked", from: "x", seq: 1 } };
  expect(placesIn([said("a"), forked, said("b")])).toEqual([
    [3, { before: { chatId: "x", at: 2 }, after: null, count: 2 }],
  ]);
  expect(placesIn([said("a"), forked])).toEqual([]);
});
