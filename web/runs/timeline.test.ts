import { expect, test } from "vitest";
import type { ChatEvent, EventBody } from "../../src/core/events.ts";
import { addressOf, isFurtherBack, stepOf } from "./address.ts";
import { timesOf } from "./step-words.ts";
import { shownSteps, stepAt, timelineOf, type Step } from "./timeline.ts";

const actor = { kind: "agent", id: "agent", name: "agent" } as const;

/** Events of one run; each begins with the second at which it came. */
function log(...told: readonly (readonly [second: number, step: number | null, body: EventBody])[]): ChatEvent[] {
  return told.map(([second, step, body], index) => ({
    ...body,
    ...{ chatId: "c", seq: index + 1, at: new Date(second * 1000).toISOString(), runId: "r", taskId: "t", step, actor },
  }));
}

const status = (data: Extract<EventBody, { type: "status" }>["data"]): EventBody => ({ type: "status", data });
const starting = status({ state: "starting", message: "Working", attempt: 1 });
const waits = (reason: "approval" | "retry"): EventBody =>
  status({ state: "waiting", reason, message: `Waits: ${reason}` });
const resumed = (reason: "approval" | "retry" | "recovered"): EventBody =>
  status({ state: "resumed", reason, message: "Goes on", attempt: 2 });
const thought = (text: string): EventBody => ({ type: "thought", data: { text } });
const usage = (seconds: number): EventBody => ({
  type: "usage",
  data: { model: "demo", inputTokens: 10, outputTokens: 5, durationMs: seconds * 1000 },
});
const use = (callId: string, name = "shell"): EventBody => ({
  type: "tool_use",
  data: { callId, name, args: {}, effect: "external", summary: callId },
});
const start = (callId: string, attempt = 1): EventBody => ({ type: "tool_start", data: { callId, attempt } });
const result = (callId: string, seconds: number, error?: string): EventBody => ({
  type: "tool_result",
  data: {
    callId,
    name: "shell",
    durationMs: seconds * 1000,
    size: 2,
    ...(error === undefined ? { ok: true, result: {} } : { ok: false, error }),
  },
});
const approval = (callId: string, state: "requested" | "approved"): EventBody => ({
  type: "approval",
  data: { approvalId: "a", callId, state, argsDigest: "d" },
});

/** `kind state: from–to` in seconds, a wait in brackets. */
const told = (step: Step): string =>
  `${step.kind} ${step.state}:${step.spans
    .map(({ is, from, to }) => {
      const words = `${from / 1000}–${to === null ? "" : to / 1000}`;
      return is === "wait" ? ` (${words})` : ` ${words}`;
    })
    .join("")}`;
const rows = (events: readonly ChatEvent[]): readonly string[] => timelineOf(events).steps.map(told);

test("a row for each model call and each tool call, each with the time in which it worked", () => {
  const events = log(
    [0, null, starting],
    ...([
      [3, 1, thought("look")],
      [3, 1, use("x")],
      [3, 1, use("y")],
      [3, 1, usage(2)],
    ] as const),
    ...([
      [4, 1, start("x")],
      [6, 1, result("x", 2)],
      [8, 1, result("y", 1, "exit 1")],
    ] as const),
    [12, 2, { type: "message", data: { role: "assistant", text: "Done." } }],
    [12, 2, usage(4)],
    [13, null, status({ state: "completed", message: "Task completed, one tool failed" })],
  );
  expect(rows(events)).toEqual(["model done: 1–3", "tool done: 4–6", "tool failed: 7–8", "model done: 8–12"]);
  expect(shownSteps(timelineOf(events).steps, "errors").map(told)).toEqual(["tool failed: 7–8"]);
  expect(shownSteps(timelineOf(events).steps, "graph")).toEqual([]);
  const ofGraph = log([0, null, starting], [1, 1, use("g", "graph_add")], [1, 1, use("s")], [1, 1, usage(1)]);
  expect(shownSteps(timelineOf(ofGraph).steps, "graph").map(told)).toEqual(["tool working: 1–"]);
});

test("what works now is open at its end: the model from when it could be asked, a call from its start", () => {
  expect(rows(log([5, null, starting]))).toEqual(["model working: 5–"]);
  const called = log([0, null, starting], [3, 1, use("x")], [3, 1, usage(2)], [4, 1, start("x")]);
  expect(rows(called)).toEqual(["model done: 1–3", "tool working: 4–"]);
  expect(
    rows(log([0, null, starting], [3, 1, use("x")], [3, 1, usage(2)], [4, 1, start("x")], [9, 1, result("x", 5)])),
  ).toEqual(["model done: 1–3", "tool done: 4–9", "model working: 9–"]);
});

test("time that a person took is a wait, not work", () => {
  const events = log(
    ...([
      [0, null, starting],
      [2, 1, use("x")],
      [2, 1, usage(1)],
      [2, 1, approval("x", "requested")],
    ] as const),
    ...([
      [2, null, waits("approval")],
      [602, 1, approval("x", "approved")],
      [602, null, resumed("approval")],
    ] as const),
    ...([
      [603, 1, start("x")],
      [605, 1, result("x", 2)],
    ] as const),
  );
  const timeline = timelineOf(events);
  expect(timeline.steps.map(told).slice(0, 2)).toEqual(["model done: 1–2", "tool done: (2–602) 603–605"]);
  expect(timesOf(timeline.steps[1] as Step, 0)).toEqual({ worked: 2000, waited: 600_000 });
  expect(timeline.pauses).toEqual([{ is: "wait", from: 2000, to: 602_000 }]);
});

test("a call that was at work in a crash shows both attempts, and between them a row that says why nothing worked", () => {
  const events = log(
    ...([
      [0, null, starting],
      [2, 1, use("x")],
      [2, 1, usage(1)],
      [3, 1, start("x")],
    ] as const),
    [5, null, status({ state: "interrupted", reason: "crash", message: "Interrupted: the worker was lost" })],
    ...([
      [9, null, resumed("recovered")],
      [10, 1, start("x", 2)],
      [12, 1, result("x", 2)],
    ] as const),
    [13, null, status({ state: "cancelled", message: "Stopped", by: "ann" })],
  );
  expect(rows(events)).toEqual(["model done: 1–2", "tool done: 3–5 10–12", "wait done: (5–9)", "model stopped: 12–13"]);
});

test("a failed model call is a row of its own with its error, then the wait, then the one that counted under the same number", () => {
  const events = log(
    [0, null, starting],
    [2, 0, { type: "error", data: { code: "model_unavailable", message: "503", retryable: true } }],
    ...([
      [2, null, waits("retry")],
      [6, null, resumed("retry")],
      [8, 1, thought("again")],
      [8, 1, usage(2)],
    ] as const),
    [9, null, status({ state: "failed", message: "Task failed", reason: "it took 1 step" })],
  );
  const timeline = timelineOf(events);
  expect(timeline.steps.map(told)).toEqual(["model failed: 0–2", "wait done: (2–6)", "model done: 6–8"]);
  expect(timeline.steps.map(({ step }) => step)).toEqual([1, null, 1]);
  expect(timeline.steps.map((step) => addressOf(timeline, step))).toEqual([
    { step: undefined, at: 2 },
    { step: undefined, at: 3 },
    { step: 1, at: undefined },
  ]);
});

test("every step is found again by its address, and every event of it leads to it", () => {
  const events = log(
    ...([
      [0, null, starting],
      [3, 1, thought("look")],
      [3, 1, use("x")],
      [3, 1, use("y")],
      [3, 1, usage(2)],
    ] as const),
    ...([
      [4, 1, start("x")],
      [6, 1, result("x", 2)],
      [8, 1, result("y", 1)],
      [9, 2, use("z")],
      [9, 2, usage(1)],
    ] as const),
    [11, 2, result("z", 1)],
  );
  const timeline = timelineOf(events);
  expect(timeline.steps).toHaveLength(6);
  for (const step of timeline.steps) expect(stepOf(timeline, addressOf(timeline, step))).toBe(step);
  expect([3, 6, 7].map((seq) => stepAt(timeline, seq)?.seq)).toEqual([3, 3, 3]);
  expect(stepAt(timeline, 8)?.seq).toBe(4);
  expect(stepAt(timeline, 5)?.seq).toBe(2);
});

test("a log that was entered in the middle tells what it knows, and what lies before it is known to", () => {
  const whole = log([0, null, starting], [3, 1, use("x")], [3, 1, usage(2)], [6, 1, result("x", 3)], [9, 2, usage(1)]);
  const timeline = timelineOf(whole.slice(3));
  expect(timeline.steps.map(told)).toEqual(["tool done: 3–6", "model done: 8–9"]);
  expect(isFurtherBack(timeline, 4, { step: 1 })).toBe(true);
  expect(isFurtherBack(timeline, 4, { step: 2 })).toBe(false);
  expect(isFurtherBack(timeline, 4, { at: 3 })).toBe(true);
  expect(isFurtherBack(timelineOf(whole), 1, { step: 9 })).toBe(false);
});
