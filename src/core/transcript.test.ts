import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent, EventBody, EventOf } from "./events.ts";
import { callState, flawsOfCalls, foldTranscript, type Entry, type LogEvent } from "./transcript.ts";

function log(...bodies: (EventBody & { run?: string | null; task?: string })[]): ChatEvent[] {
  return bodies.map(({ run, task, ...body }, index) => ({
    chatId: "c1",
    seq: index + 1,
    at: new Date(1_700_000_000_000 + index * 1000).toISOString(),
    runId: run === undefined ? "r1" : run,
    taskId: task ?? null,
    step: 1,
    actor: { kind: "agent" as const, id: "agent", name: "agent" },
    ...body,
  }));
}
const use = (callId: string, name = "web_fetch"): EventBody => ({
  type: "tool_use",
  data: { callId, name, args: {}, effect: "read", summary: callId },
});
const start = (callId: string): EventBody => ({ type: "tool_start", data: { callId, attempt: 1 } });
const result = (callId: string, ok = true, name = "web_fetch"): EventBody => ({
  type: "tool_result",
  data: { callId, name, ok, durationMs: 5, size: 2, ...(ok ? { result: callId } : { error: "no" }) },
});
const starting: EventBody = { type: "status", data: { state: "starting", message: "Starting…", attempt: 1 } };
const completed: EventBody = { type: "status", data: { state: "completed", message: "Done" } };
const say = (text: string): EventBody => ({ type: "message", data: { role: "assistant", text } });
const plan = (done: boolean): EventBody => ({
  type: "plan",
  data: { items: [{ text: "look", status: done ? "done" : "doing" }] },
});

const brief = (entry: Entry): string =>
  entry.kind === "call"
    ? `${entry.seq} ${entry.callId} ${String(entry.result?.data.result ?? "open")}`
    : `${entry.seq} ${entry.event.type}`;

test("F30: parallel calls of one tool are paired by their call ids, whatever the order of their results", () => {
  const { entries } = foldTranscript(log(use("a"), use("b"), start("a"), start("b"), result("b"), result("a")));
  expect(entries.map(brief)).toEqual(["1 a a", "2 b b"]);
});

test("usage and starts have no place of their own, a plan has one for each run and is shown as it is now", () => {
  const usage: EventBody = {
    type: "usage",
    data: { model: "demo", inputTokens: 3, outputTokens: 4, durationMs: 1 },
  };
  const { entries, runs } = foldTranscript(log(starting, plan(false), usage, plan(true), say("x")));
  expect(entries.map(brief)).toEqual(["1 status", "2 plan", "5 message"]);
  expect(entries[1]).toMatchObject({ event: { data: { items: [{ status: "done" }] } } });
  expect(runs.get("r1")).toMatchObject({ state: "working", inputTokens: 3, outputTokens: 4 });
});

test("a result whose call lies before the first loaded event is shown by its name", () => {
  const [, second] = log(use("a"), result("a"));
  const { entries } = foldTranscript([second as LogEvent]);
  expect(entries).toMatchObject([{ kind: "call", seq: 2, callId: "a", name: "web_fetch", use: null }]);
});

test("an event of an unknown type is shown as such and the fold goes on", () => {
  const [first, third] = log(say("a"), say("c"));
  const unknown: LogEvent = { ...(first as ChatEvent), seq: 2, type: "unknown", name: "hologram", data: { x: 1 } };
  const { entries, last } = foldTranscript([first as LogEvent, unknown, { ...(third as ChatEvent), seq: 3 }]);
  expect(entries.map(brief)).toEqual(["1 message", "2 unknown", "3 message"]);
  expect(last).toBe(3);
});

test.each([
  { when: "it has a good result", events: [starting, use("a"), result("a"), completed], is: "done" },
  { when: "its result is an error", events: [starting, use("a"), result("a", false)], is: "failed" },
  { when: "its run works", events: [starting, use("a")], is: "working" },
  { when: "its run was handed back", events: [starting, use("a"), interrupted()], is: "queued" },
  { when: "its run ended without a result", events: [starting, use("a"), completed], is: "stopped" },
])("a call is $is when $when", ({ events, is }) => {
  const { entries, runs } = foldTranscript(log(...events));
  const call = entries.find((entry) => entry.kind === "call");
  expect(call && callState(call, runs.get("r1"))).toBe(is);
});

function interrupted(): EventBody {
  return { type: "status", data: { state: "interrupted", message: "Interrupted", reason: "crash" } };
}

test("F32: the fold of a log is the same however it came: in one piece, in pages, with pages repeated", () => {
  const body = fc.oneof(
    fc.constantFrom(starting, completed, interrupted(), say("a"), plan(false), plan(true)),
    fc.constantFrom("a", "b", "c").chain((id) => fc.constantFrom(use(id), start(id), result(id), result(id, false))),
  );
  let longest = 0;
  fc.assert(
    fc.property(fc.array(body, { maxLength: 30 }), fc.nat(30), fc.nat(30), (bodies, x, y) => {
      const events = log(...bodies);
      const [from, to] = [Math.min(x, y), Math.max(x, y)];
      const paged = foldTranscript(events.slice(from), foldTranscript(events.slice(0, to)));
      const whole = foldTranscript(events);
      longest = Math.max(longest, whole.entries.length);
      expect(paged).toEqual(whole);
      expect(whole.entries.map(({ seq }) => seq)).toEqual(whole.entries.map(({ seq }) => seq).sort((a, b) => a - b));
    }),
  );
  expect(longest).toBeGreaterThan(5);
});

const outcome = (more: Partial<EventOf<"tool_result">["data"]>): EventOf<"tool_result">["data"] => ({
  callId: "c",
  name: "look",
  ok: false,
  durationMs: 0,
  size: 0,
  ...more,
});
const went = outcome({ ok: true, result: 1 });
const failing = outcome({ error: "it broke" });
const refusedCall = outcome({ error: "not run: the owner's policy does not allow look in a chat" });
const leftOver = outcome({ error: "not run: the run ended before it", interrupted: true });
const interruptedCall = outcome({ error: "interrupted: its outcome is unknown", interrupted: true });

test.each([
  { results: [], is: null },
  { results: [went, went], is: null },
  { results: [went, failing], is: "one tool failed" },
  { results: [failing, failing, failing], is: "3 tools failed" },
  { results: [refusedCall], is: "one call was not run" },
  {
    results: [failing, refusedCall, leftOver, interruptedCall],
    is: "one tool failed, 2 calls were not run, the outcome of one call is unknown",
  },
])("F95 the end of a run tells what became of its calls: $is", ({ results, is }) => {
  expect(flawsOfCalls(results)).toBe(is);
});

test.each([
  { result: failing, state: "failed" },
  { result: refusedCall, state: "not_run" },
  { result: leftOver, state: "not_run" },
  { result: interruptedCall, state: "unknown" },
])("F95 a call whose result says $result.error is $state", ({ result, state }) => {
  const place = { chatId: "c", at: "2026-01-01T00:00:00.000Z", runId: "r", taskId: null, step: 1 } as const;
  const actor = { kind: "agent", id: "agent", name: "agent" } as const;
  const { entries } = foldTranscript([{ ...place, actor, seq: 1, type: "tool_result", data: result }]);
  const [entry] = entries;
  expect(entry?.kind === "call" && callState(entry, undefined)).toBe(state);
});
