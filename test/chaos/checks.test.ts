import { expect, test } from "vitest";
import type { ChatEvent, EventBody } from "../../src/core/events.ts";
import { checkEffects, checkLog } from "./checks.ts";
import { jobText, planOf, readJob } from "./plan.ts";

// What finds nothing must be able to find something.

const log = (...bodies: readonly EventBody[]): ChatEvent[] =>
  bodies.map((body, i) => ({
    ...body,
    chatId: "chat",
    seq: i + 1,
    at: new Date(i).toISOString(),
    runId: "run",
    taskId: null,
    step: null,
    actor: { kind: "agent", id: "agent", name: "agent" },
  }));

const queued: EventBody = { type: "status", data: { state: "queued", message: "" } };
const completed: EventBody = { type: "status", data: { state: "completed", message: "" } };
const use: EventBody = {
  type: "tool_use",
  data: { callId: "c", name: "shell", args: {}, effect: "external", summary: "" },
};
const start: EventBody = { type: "tool_start", data: { callId: "c", attempt: 1 } };
const result = (rest: { readonly ok: boolean; readonly interrupted?: true }): EventBody => ({
  type: "tool_result",
  data: { callId: "c", name: "shell", result: { exitCode: 0 }, durationMs: 1, size: 1, ...rest },
});
const done = result({ ok: true });
const unknown = result({ ok: false, interrupted: true });
const effect = { key: "c", mark: "1.0" };

const told = (check: (tell: (what: string) => void) => void): string[] => {
  const all: string[] = [];
  check((what) => void all.push(what));
  return all;
};

test.each([
  {
    what: "a gap",
    events: log(queued, use, done, completed).toSpliced(1, 1),
    says: ["has the number 3", "not the same"],
  },
  { what: "two ends", events: log(queued, completed, completed), says: ["2 ends"] },
  { what: "no end", events: log(queued), says: ["0 ends"] },
  { what: "an event after the end", events: log(completed, queued), says: ["after its end"] },
  { what: "a call without a result", events: log(queued, use, completed), says: ["not the same"] },
  { what: "nothing", events: log(queued, use, start, done, completed), says: [] },
])("of a log with $what that is told", ({ events, says }) => {
  const all = told((tell) => checkLog("chat", events, tell)).join("\n");
  for (const each of says) expect(all).toContain(each);
  if (says.length === 0) expect(all).toBe("");
});

test.each([
  { what: "done twice", events: [use, start, done], effects: [effect, effect], says: "happened 2 times" },
  { what: "said to be done", events: [use, start, done], effects: [], says: "happened 0 times" },
  { what: "started twice", events: [use, start, start, unknown], effects: [effect], says: "was started 2 times" },
  { what: "never started", events: [use, unknown], effects: [effect], says: "was started 0 times" },
  { what: "of no log", events: [], effects: [effect], says: "no log has" },
  { what: "done once", events: [use, start, done], effects: [effect], says: "" },
  { what: "unknown, and happened", events: [use, start, unknown], effects: [effect], says: "" },
  { what: "unknown, and did not", events: [use, start, unknown], effects: [], says: "" },
])("of an effect that was $what", ({ events, effects, says }) => {
  const all = told((tell) => checkEffects(new Map([["chat", log(...events)]]), effects, tell)).join("\n");
  if (says === "") expect(all).toBe("");
  else expect(all).toContain(says);
});

test("the same seed has the same faults and the same work, in five minutes of every kind, and the model is told all of a job", () => {
  const plan = planOf(7, 300_000);
  expect(planOf(7, 300_000)).toEqual(plan);
  expect(planOf(8, 300_000)).not.toEqual(plan);
  expect(new Set(plan.nodeFaults.map(({ kind }) => kind)).size).toBe(9);
  expect(new Set(plan.databaseFaults.map(({ kind }) => kind)).size).toBe(6);
  for (const piece of plan.work) if (piece.do !== "stop") expect(readJob(jobText(piece.job))).toEqual(piece.job);
});
