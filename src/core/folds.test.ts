import { expect, test } from "vitest";
import { emptyChatView, foldChat } from "./chat-view.ts";
import type { ChatEvent, EventBody } from "./events.ts";
import { closeParts, noOpenParts, type OpenParts } from "./open-parts.ts";
import { timesOf } from "./run-state.ts";
import { foldTranscript } from "./transcript.ts";

/** Logs of n things, in the shapes that chats take when they grow. */
const LOGS: { readonly [what: string]: (n: number) => readonly EventBody[] } = {
  "approvals, each asked and answered": (n) => [
    ...each(n, use),
    ...each(n, (k) => approval(k, "requested")),
    ...each(n, (k) => approval(k, "approved")),
  ],
  "questions that belong to no call": (n) => each(n, (k) => approval(k, "requested")),
  "calls of one step, started and done in their order": (n) => [...each(n, use), ...each(n, start), ...each(n, done)],
  "calls that end in the reverse order": (n) => [...each(n, use), ...each(n, done).reverse()],
  "calls one after another": (n) => each(n, (k) => [use(k), start(k), done(k)]).flat(),
  parts: (n) => each(n, (k): EventBody => ({ type: "thought", data: { text: "hm", part: `1.${k + 1}` } })),
  "plans among words": (n) =>
    each(n, (k): readonly EventBody[] => [
      { type: "plan", data: { items: [] } },
      { type: "message", data: { role: "assistant", text: "so", part: `2.${k + 1}` } },
    ]).flat(),
};

const each = <T>(n: number, make: (k: number) => T): T[] => Array.from({ length: n }, (_, k) => make(k));
const use = (k: number): EventBody => ({
  type: "tool_use",
  data: { callId: `c${k}`, name: "look", args: {}, effect: "read", summary: "" },
});
const start = (k: number): EventBody => ({ type: "tool_start", data: { callId: `c${k}`, attempt: 1 } });
const done = (k: number): EventBody => ({
  type: "tool_result",
  data: { callId: `c${k}`, name: "look", ok: true, durationMs: 1, size: 1 },
});
const approval = (k: number, state: "requested" | "approved"): EventBody => ({
  type: "approval",
  data: { approvalId: `a${k}`, callId: `c${k}`, state, argsDigest: "d" },
});

const at = "2026-01-01T00:00:00.000Z";
const actor = { kind: "agent", id: "a", name: "a" } as const;
const logOf = (bodies: readonly EventBody[]): readonly ChatEvent[] =>
  bodies.map((body, n): ChatEvent => ({
    chatId: "c",
    seq: n + 1,
    at,
    runId: "r",
    taskId: null,
    step: 1,
    actor,
    ...body,
  }));

const LOOKS = [
  "map",
  "filter",
  "find",
  "findIndex",
  "findLast",
  "findLastIndex",
  "some",
  "slice",
  "with",
  "concat",
] as const;

/** How many entries of arrays, maps and sets were looked at, copied or set. */
function workOf(fold: () => unknown): number {
  let work = 0;
  const restore: (() => void)[] = [];
  const counting = (owner: object, name: string | symbol, worth: (self: { length: number }) => number): void => {
    const plain = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
    restore.push(() => Reflect.set(owner, name, plain));
    Reflect.set(owner, name, function (this: { length: number }, ...args: unknown[]) {
      work += worth(this);
      return plain.apply(this, args);
    });
  };
  for (const name of LOOKS) counting(Array.prototype, name, ({ length }) => length);
  counting(Array.prototype, Symbol.iterator, ({ length }) => length);
  // A map or set that is made of another adds its entries by these.
  counting(Map.prototype, "set", () => 1);
  counting(Set.prototype, "add", () => 1);
  try {
    fold();
  } finally {
    for (const undo of restore) undo();
  }
  return work;
}

const FOLDS: { readonly [what: string]: (events: readonly ChatEvent[]) => unknown } = {
  "a chat's view": (events) => foldChat(events),
  "a transcript": (events) => foldTranscript(events),
  "open parts": (events) => {
    let open: OpenParts = noOpenParts;
    for (const event of events) open = closeParts(open, event);
    return open;
  },
};

const [FEW, MANY] = [200, 2000];

test.each(Object.keys(LOGS).flatMap((log) => Object.keys(FOLDS).map((fold) => ({ log, fold }))))(
  "F69: the work of $fold grows as the log does, with $log",
  ({ log, fold }) => {
    const [few = [], many = []] = [FEW, MANY].map((n) => logOf(LOGS[log]?.(n) ?? []));
    const [little, much] = [few, many].map((events) => workOf(() => FOLDS[fold]?.(events)));
    expect(little).toBeGreaterThan(0);
    expect(much).toBeLessThanOrEqual(((little ?? 0) * 1.5 * MANY) / FEW);
  },
);

test("F69: what a fold has not changed it does not copy", () => {
  const [first, ...rest] = logOf(LOGS["approvals, each asked and answered"]?.(10) ?? []);
  const view = foldChat([first, ...rest].filter((event) => event !== undefined));
  const words: ChatEvent = { ...(first as ChatEvent), type: "thought", data: { text: "hm" }, seq: 100 };
  const next = foldChat([words], view);
  expect(next).toMatchObject({ head: 100 });
  expect(
    [next.runs, next.approvals, next.openCalls].every(
      (part, n) => part === [view.runs, view.approvals, view.openCalls][n],
    ),
  ).toBe(true);
  expect(foldChat([words], next)).toBe(next);
  expect(foldChat([])).toBe(emptyChatView);
});

test("F69: of parts that have become events no list is kept", () => {
  const open = logOf(LOGS["parts"]?.(1000) ?? []).reduce<OpenParts>(closeParts, noOpenParts);
  expect(JSON.stringify([...open.marks])).toBe('[["r",{"lease":1,"closed":1000}]]');
  const ended: EventBody = { type: "status", data: { state: "completed", message: "Done" } };
  expect(closeParts(open, { runId: "r", ...ended }).marks.size).toBe(0);
});

test.each([
  { ended: { message: "Done" }, is: null },
  { ended: { message: "Task completed, one tool failed", reason: "one tool failed" }, is: "one tool failed" },
  // As it was told before the event said it by itself.
  { ended: { message: "Done, one tool failed, one call was not run" }, is: "one tool failed, one call was not run" },
])("$ended.message tells what did not go well on the way: $is", ({ ended, is }) => {
  const [event] = logOf([{ type: "status", data: { state: "completed", ...ended } }]);
  expect(event && foldChat([{ ...event, runId: "r" }]).runs.get("r")?.reason).toBe(is);
});

test("what a person or a retry took is no work of a run, nor is it by a clock that was set back", () => {
  const statuses = [
    ["00:00:00", { state: "queued", message: "" }],
    ["00:00:05", { state: "starting", message: "", attempt: 1 }],
    ["00:00:15", { state: "waiting", message: "", reason: "approval" }],
    ["00:19:15", { state: "resumed", message: "", reason: "approval", attempt: 2 }],
    ["00:19:32", { state: "completed", message: "" }],
  ] as const;
  const events = statuses.map(([time, data], n): ChatEvent => ({
    chatId: "c",
    seq: n + 1,
    at: `2026-01-01T${time}.000Z`,
    runId: "r",
    taskId: null,
    step: null,
    actor: { kind: "agent", id: "agent", name: "agent" },
    type: "status",
    data,
  }));
  const run = foldChat(events).runs.get("r");
  expect(run && timesOf(run)).toEqual({ workedMs: 27_000, waitedMs: 1_140_000 });
  const back = events.map((event, n) => (n === 4 ? { ...event, at: "2026-01-01T00:00:00.000Z" } : event));
  const odd = foldChat(back).runs.get("r");
  expect(odd && timesOf(odd)).toEqual({ workedMs: 10_000, waitedMs: 0 });
});
