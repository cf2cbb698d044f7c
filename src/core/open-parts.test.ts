import { expect, test } from "vitest";
import { applyDelta, applyProgress, closeParts, noOpenParts, type Delta, type OpenParts } from "./open-parts.ts";

const delta = (part: string, offset: number, text: string, more: Partial<Delta> = {}): Delta => ({
  runId: "r1",
  part,
  kind: "message",
  offset,
  text,
  ...more,
});
const after = (...deltas: Delta[]): OpenParts => deltas.reduce(applyDelta, noOpenParts);
const texts = (open: OpenParts) => open.parts.map(({ part, text }) => `${part} ${text}`);
const event = (type: string, data: object = {}, runId: string | null = "r1") => ({ type, runId, data });

test.each([
  { when: "pieces follow one another", deltas: [delta("1.1", 0, "Hel"), delta("1.1", 3, "lo")], shows: ["1.1 Hello"] },
  { when: "a piece comes twice", deltas: [delta("1.1", 0, "Hel"), delta("1.1", 0, "Hel")], shows: ["1.1 Hel"] },
  {
    when: "a later piece begins earlier: it cuts",
    deltas: [delta("1.1", 0, "Hello"), delta("1.1", 2, "y")],
    shows: ["1.1 Hey"],
  },
  { when: "a piece is missing", deltas: [delta("1.1", 0, "He"), delta("1.1", 3, "o")], shows: ["1.1 He"] },
  { when: "the first piece was missed", deltas: [delta("1.1", 3, "lo")], shows: [] },
  {
    when: "the whole part comes after a pause",
    deltas: [delta("1.1", 0, "He"), delta("1.1", 9, "!"), delta("1.1", 0, "Hello all"), delta("1.1", 9, "!")],
    shows: ["1.1 Hello all!"],
  },
  { when: "a part follows another", deltas: [delta("1.1", 0, "a"), delta("1.2", 0, "b")], shows: ["1.1 a", "1.2 b"] },
  { when: "an old worker still speaks", deltas: [delta("2.1", 0, "new"), delta("1.7", 0, "old")], shows: ["2.1 new"] },
  { when: "a new worker takes over", deltas: [delta("1.7", 0, "old"), delta("2.1", 0, "new")], shows: ["2.1 new"] },
  { when: "leases pass nine", deltas: [delta("9.1", 0, "old"), delta("10.1", 0, "new")], shows: ["10.1 new"] },
])("open parts show $shows when $when", ({ deltas, shows }) => expect(texts(after(...deltas))).toEqual(shows));

test("the lease of one run silences no other run", () => {
  const open = after(delta("5.1", 0, "a"), delta("1.1", 0, "b", { runId: "r2" }));
  expect(texts(open)).toEqual(["5.1 a", "1.1 b"]);
});

test("a part is replaced by its event, and a late delta does not open it again", () => {
  const open = closeParts(after(delta("1.1", 0, "Hello"), delta("1.2", 0, "more")), event("thought", { part: "1.1" }));
  expect(texts(open)).toEqual(["1.2 more"]);
  expect(texts(applyDelta(open, delta("1.1", 0, "Hello")))).toEqual(["1.2 more"]);
});

test("an event's part is a sign of its lease", () => {
  const open = closeParts(noOpenParts, event("message", { part: "3.1" }));
  expect(texts(applyDelta(open, delta("2.9", 0, "ghost")))).toEqual([]);
});

test("any status of a run drops its open parts and leaves those of other runs", () => {
  const open = after(delta("1.1", 0, "a"), delta("1.1", 0, "b", { runId: "r2" }));
  expect(texts(closeParts(open, event("status", { state: "interrupted" })))).toEqual(["1.1 b"]);
});

test("events without a run or a part change nothing", () => {
  const open = after(delta("1.1", 0, "a"));
  expect(closeParts(open, event("message", { role: "user" }, null))).toBe(open);
  expect(closeParts(open, event("message", { role: "user" }))).toBe(open);
  expect(closeParts(open, event("tool_use", { callId: "c" }))).toBe(open);
});

test("of how far calls are the newest is known, until the call has a result or its run another status", () => {
  const told = [
    { runId: "r1", callId: "a", text: "1 of 3" },
    { runId: "r1", callId: "__proto__", text: "begun" },
    { runId: "r2", callId: "c", text: "elsewhere" },
    { runId: "r1", callId: "a", text: "2 of 3" },
  ].reduce(applyProgress, after(delta("1.1", 0, "x")));
  const words = (open: OpenParts) => [...open.progress.values()].map(({ text }) => text);
  expect(words(told)).toEqual(["2 of 3", "begun", "elsewhere"]);
  expect(words(closeParts(told, event("tool_result", { callId: "a" })))).toEqual(["begun", "elsewhere"]);
  expect(closeParts(told, event("tool_result", { callId: "unknown" }))).toBe(told);
  const closed = closeParts(told, event("status", { state: "waiting" }));
  expect([words(closed), texts(closed)]).toEqual([["elsewhere"], []]);
});
