import { expect, test } from "vitest";
import { ALL_EVENTS, USUAL_EVENTS } from "../../src/core/event-filter.ts";
import type { ChatEvent, EventBody } from "../../src/core/events.ts";
import type { OpenPart, OpenParts } from "../../src/core/open-parts.ts";
import { foldTranscript } from "../../src/core/transcript.ts";
import { toRows, type Row } from "./rows.ts";

type Line = EventBody & { run?: string | null; task?: string };

function rowsOf(
  lines: readonly Line[],
  parts: readonly OpenPart[] = [],
  filter = ALL_EVENTS,
  progress: OpenParts["progress"] = new Map(),
): Row[] {
  const events = lines.map(({ run, task, ...body }, index): ChatEvent => ({
    chatId: "c1",
    seq: index + 1,
    at: "2026-01-01T00:00:00.000Z",
    runId: run === undefined ? "r1" : run,
    taskId: task ?? null,
    step: 1,
    actor: { kind: "agent", id: "agent", name: "agent" },
    ...body,
  }));
  const { entries, runs } = foldTranscript(events);
  return toRows({ entries, parts, progress, outbox: [], runOf: (id) => runs.get(id), filter });
}
const call = (callId: string, ok = true): Line[] => [
  { type: "tool_use", data: { callId, name: "look", args: {}, effect: "read", summary: "" } },
  { type: "tool_result", data: { callId, name: "look", ok, durationMs: 1, size: 1 } },
];
const asked = (callId: string): Line[] => [
  ...call(callId),
  { type: "approval", data: { approvalId: "p", callId, state: "approved", argsDigest: "d", by: "ann" } },
];
const say = (text: string, part?: string): Line => ({
  type: "message",
  data: { role: "assistant", text, ...(part !== undefined && { part }) },
});
const queued: Line = { type: "status", data: { state: "queued", message: "Queued" } };
const starting: Line = { type: "status", data: { state: "starting", message: "Task starting…", attempt: 1 } };
const completed: Line = { type: "status", data: { state: "completed", message: "Task completed" } };
const kinds = (rows: readonly Row[]): string[] =>
  rows.map((row) => (row.kind === "fold" ? `fold ${row.calls.length}` : row.kind));

test.each([
  {
    what: "three good calls that are over",
    lines: [...call("a"), ...call("b"), ...call("c"), say("x")],
    are: ["fold 3", "event"],
  },
  { what: "two good calls", lines: [...call("a"), ...call("b"), say("x")], are: ["call", "call", "event"] },
  {
    what: "calls at the end of a working run",
    lines: [starting, ...call("a"), ...call("b"), ...call("c")],
    are: ["call", "call", "call"],
  },
  {
    what: "calls at the end of an ended run",
    lines: [...call("a"), ...call("b"), ...call("c"), completed],
    are: ["fold 3", "event"],
  },
  {
    what: "a failure among good calls",
    lines: [...call("a"), ...call("b"), ...call("c"), ...call("d", false), ...call("e"), say("x")],
    are: ["fold 3", "call", "call", "event"],
  },
  {
    what: "a call that a person was asked about, among good ones",
    lines: [...call("a"), ...call("b"), ...asked("c"), ...call("d"), ...call("e"), say("x")],
    are: ["call", "call", "call", "call", "call", "event"],
  },
])("$what: shown as $are", ({ lines, are }) => expect(kinds(rowsOf(lines))).toEqual(are));

test("F18: what a task's run does stands in one frame with a badge", () => {
  const task = { task: "t1" };
  const rows = rowsOf([
    { type: "chat", data: { change: "created", title: "A", ownerId: "u" }, run: null },
    { ...queued, ...task },
    { ...starting, ...task },
    { ...say("done"), ...task },
    { ...completed, ...task },
    { type: "message", data: { role: "user", text: "thanks" }, run: null },
  ]);
  expect(kinds(rows)).toEqual(["event", "head", "event", "event", "event", "event", "event"]);
  expect(
    rows.map(({ frame }) => (frame === null ? "-" : frame.isFirst ? "first" : frame.isLast ? "last" : "in")),
  ).toEqual([...["-", "first", "in", "in", "in", "last", "-"]]);
});

test("a turn's queueing and starting are said by the bar, its end by the transcript", () => {
  expect(kinds(rowsOf([queued, starting, say("x"), completed]))).toEqual(["event", "event"]);
});

test("a streamed part and the event that replaces it are the same row", () => {
  const part: OpenPart = { runId: "r1", part: "1.1", kind: "message", text: "Hel" };
  const [streaming] = rowsOf([], [part]);
  const [final] = rowsOf([say("Hello", "1.1")]);
  expect(streaming?.key).toBe(final?.key);
});

const failedOnce: Line = { type: "error", data: { code: "model_overloaded", message: "busy", retryable: true } };
const waits: Line = { type: "status", data: { state: "waiting", message: "Waits", reason: "retry" } };
const again: Line = { type: "status", data: { state: "resumed", message: "Again", reason: "retry", attempt: 2 } };
const half: Line = { type: "message", data: { role: "assistant", text: "Hal", partial: true } };
const cancelled: Line = { type: "status", data: { state: "cancelled", message: "Stopped", by: "ann" } };
const last: Line = { type: "error", data: { code: "model_auth", message: "no key", retryable: false } };
const failed: Line = { type: "status", data: { state: "failed", message: "Failed", reason: "no key" } };
const crashed: Line = { type: "status", data: { state: "interrupted", message: "Interrupted", reason: "crash" } };
const recovered: Line = { type: "status", data: { state: "resumed", message: "On", reason: "recovered", attempt: 2 } };
const asks: Line = {
  type: "status",
  data: { state: "waiting", message: "Waits for your approval", reason: "approval" },
};
const answered: Line = { type: "status", data: { state: "resumed", message: "On", reason: "approval", attempt: 2 } };

test.each<{ what: string; lines: readonly Line[]; are: readonly string[] }>([
  {
    what: "three attempts of a step",
    lines: [starting, failedOnce, waits, again, half, failedOnce, waits, again, say("x"), completed],
    are: ["attempts", "event", "event"],
  },
  { what: "a step that waits to be tried again", lines: [starting, failedOnce, waits], are: ["attempts"] },
  {
    what: "a half answer that began again after a crash",
    lines: [starting, half, crashed, recovered, say("x"), completed],
    are: ["attempts", "event", "event"],
  },
  { what: "the half answer of a run that was stopped", lines: [starting, half, cancelled], are: ["event", "event"] },
  {
    what: "a restart between two steps",
    lines: [starting, crashed, recovered, say("x")],
    are: ["event", "event", "event"],
  },
  { what: "the failure of a run, with its cause", lines: [starting, last, failed], are: ["failure"] },
  { what: "a failure without a cause", lines: [starting, failed], are: ["failure"] },
  {
    what: "a call that asked a person",
    lines: [starting, ...asked("a"), asks, answered, say("x")],
    are: ["call", "event"],
  },
])("$what: shown as $are", ({ lines, are }) => expect(kinds(rowsOf(lines))).toEqual(are));

test("that a chat was created, and named by itself, is out of sight until every event is wanted", () => {
  const created: Line = { type: "chat", data: { change: "created", title: "A", ownerId: "u" }, run: null };
  const named: Line = { type: "chat", data: { change: "renamed", title: "B", by: "agent" }, run: null };
  const renamed: Line = { type: "chat", data: { change: "renamed", title: "C", by: "person" }, run: null };
  expect(kinds(rowsOf([created, say("x"), named, renamed], [], USUAL_EVENTS))).toEqual(["event", "event"]);
  expect(kinds(rowsOf([created, say("x"), named, renamed]))).toEqual(["event", "event", "event", "event"]);
});

test("how far a call is stands in its own row", () => {
  const told = new Map([["b", { runId: "r1", callId: "b", text: "3 of 10" }]]);
  const [use] = call("b");
  const rows = rowsOf([starting, ...call("a"), ...(use === undefined ? [] : [use])], [], ALL_EVENTS, told);
  expect(rows.map((row) => (row.kind === "call" ? row.progress : row.kind))).toEqual([null, "3 of 10"]);
});
