import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent, EventBody } from "../../src/core/events.ts";
import type { ChatWithView } from "../../src/wire/api.ts";
import { addArrivals, addOlder, hasOlder, lastSeq, openLog, type ChatLog } from "./chat-log.ts";

const at = "2026-01-01T00:00:00.000Z";
const place = {
  chatId: "c1",
  at,
  runId: "r1",
  taskId: null,
  step: 1,
  actor: { kind: "agent" as const, id: "a", name: "a" },
};
const bodies: EventBody[] = [
  { type: "status", data: { state: "queued", message: "Queued" } },
  { type: "status", data: { state: "starting", message: "Starting…", attempt: 1 } },
  { type: "thought", data: { text: "hm", part: "1.1" } },
  { type: "tool_use", data: { callId: "k", name: "look", args: {}, effect: "read", summary: "" } },
  { type: "tool_result", data: { callId: "k", name: "look", ok: true, durationMs: 1, size: 1 } },
  { type: "message", data: { role: "assistant", text: "yes", part: "1.2" } },
  { type: "status", data: { state: "completed", message: "Done" } },
];
const events = bodies.map((body, index): ChatEvent => ({ ...place, seq: index + 1, ...body }));
const page = (from: number, to: number) => ({ epoch: "e", first: 1, events: events.slice(from, to) });
const chat: ChatWithView = {
  ...{
    id: "c1",
    title: "A",
    ownerId: "u",
    origin: "user",
    model: null,
    effort: null,
    head: 4,
    seen: 0,
    archived: false,
    recall: true,
  },
  ...{ createdAt: at, lastEventAt: at, runState: "working", lastRunState: null, canWrite: true },
  view: {
    head: 4,
    activeRun: {
      ...{
        id: "r1",
        chatId: "c1",
        taskId: null,
        state: "working",
        attempt: 1,
        queuedAt: at,
        startedAt: at,
        endedAt: null,
        workingSince: null,
        workedMs: 0,
      },
      ...{ step: 1, current: null, waitsFor: null, reason: null, tokens: 0, costUsd: null, model: null },
    },
    queuedRuns: [],
    openCalls: [{ callId: "k", runId: "r1", step: 1, name: "look", summary: "", startedAt: null }],
    approvals: [],
    questions: [],
    plan: [],
    totals: { inputTokens: 0, outputTokens: 0, costUsd: null },
    lastCall: null,
  },
};
const add = (log: ChatLog, more: readonly ChatEvent[]): ChatLog =>
  addArrivals(
    log,
    more.map((event) => ({ event })),
  );
const delta = (part: string, text: string) => ({
  delta: {
    type: "delta" as const,
    sub: "s1",
    chatId: "c1",
    runId: "r1",
    kind: "message" as const,
    part,
    offset: 0,
    text,
  },
});

test("F32: what is shown live is what is shown after a reload, however the log was cut into pages and frames", () => {
  let whole = 0;
  fc.assert(
    fc.property(fc.nat(7), fc.nat(7), fc.nat(7), (a, b, c) => {
      const [start = 0, opened = 0, live = 0] = [a, b, c].sort((x, y) => x - y);
      let log = add(openLog(page(start, opened), chat), events.slice(opened, live));
      log = add(log, events.slice(live));
      if (start > 0 && log.events.length > 0) log = addOlder(log, events.slice(0, start));
      if (log.events.length < events.length) return;
      const reloaded = openLog(page(0, 7), chat);
      expect(log.transcript).toEqual(reloaded.transcript);
      expect(log.open.parts).toEqual([]);
      expect(lastSeq(log)).toBe(7);
      expect(hasOlder(log)).toBe(false);
      whole += start > 0 && opened < live ? 1 : 0;
    }),
  );
  expect(whole).toBeGreaterThan(3);
});

test("F22: a log entered in the middle of a run shows it working from the server's fold, and ended by its own events", () => {
  const opened = openLog(page(3, 4), chat);
  expect(opened.view.activeRunId).toBe("r1");
  expect(opened.view.openCalls).toHaveLength(1);
  const ended = add(opened, events.slice(4));
  expect(ended.view).toMatchObject({ activeRunId: null, openCalls: [], head: 7 });
});

test("a part grows by deltas, is replaced by its event, and never comes back", () => {
  const opened = openLog(page(0, 5), chat);
  const growing = addArrivals(opened, [delta("1.2", "ye")]);
  expect(growing.open.parts).toMatchObject([{ part: "1.2", text: "ye" }]);
  const final = addArrivals(growing, [{ event: events[5] as ChatEvent }, delta("1.2", "ye")]);
  expect(final.open.parts).toEqual([]);
});

test("a delta of a run that has ended is nobody's", () => {
  const ended = openLog(page(0, 7), { ...chat, view: { ...chat.view, activeRun: null, openCalls: [], head: 7 } });
  expect(addArrivals(ended, [delta("2.1", "ghost")])).toBe(ended);
});

test("how far a call is goes with its result, and that of a run that has ended is nobody's", () => {
  const progress = (callId: string, text: string) => ({
    progress: { type: "progress" as const, sub: "s1", chatId: "c1", runId: "r1", callId, text },
  });
  const opened = openLog(page(0, 5), chat);
  const told = addArrivals(opened, [progress("k", "1 of 3"), progress("k", "2 of 3"), progress("other", "here")]);
  expect([...told.open.progress.values()].map(({ text }) => text)).toEqual(["2 of 3", "here"]);
  const result = { callId: "k", name: "look", ok: true, durationMs: 1, size: 1 };
  const event: ChatEvent = { ...(events[4] as ChatEvent), seq: 6, type: "tool_result", data: result };
  expect([...addArrivals(told, [{ event }]).open.progress.keys()]).toEqual(["other"]);
  expect(add(told, events.slice(5)).open.progress.size).toBe(0);
  const ended = openLog(page(0, 7), { ...chat, view: { ...chat.view, activeRun: null, openCalls: [], head: 7 } });
  expect(addArrivals(ended, [progress("k", "ghost")])).toBe(ended);
});
