import fc from "fast-check";
import { expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { Hub, type HubDelta, type HubEvent, type HubProgress } from "../../core/hub.ts";
import { joinOnce, Subscription, type LogSource, type Sink } from "./subscription.ts";

const CHAT = "chat";
const EPOCH = "e1";

type Frame =
  | { readonly type: "events"; readonly sub: string; readonly events: readonly { readonly seq: number }[] }
  | { readonly type: "live"; readonly sub: string; readonly seq: number }
  | { readonly type: "delta"; readonly part: string; readonly offset: number; readonly text: string }
  | { readonly type: "progress"; readonly callId: string; readonly text: string }
  | {
      readonly type: "reset";
      readonly reason: string;
      readonly first: number;
      readonly last: number;
      readonly epoch: string;
    }
  | { readonly type: "error"; readonly sub: string; readonly code: string };

const eventAt = (seq: number): HubEvent => ({ seq, json: JSON.stringify({ chatId: CHAT, seq }) });
const deltaOf = (text: string, offset = 0): HubDelta => ({
  chatId: CHAT,
  runId: "run",
  lease: 1,
  part: "1.1",
  kind: "message",
  offset,
  text,
});

/** A log in memory and a socket in memory; the hub is the real one. */
function scene(length = 0) {
  const hub = new Hub();
  const log = Array.from({ length }, (_, index) => eventAt(index + 1));
  const frames: Frame[] = [];
  const errors: unknown[] = [];
  const state = { readable: true, pressure: "none" as ReturnType<Sink["pressure"]> };
  let drained = Promise.withResolvers<void>();
  const source: LogSource = {
    hub,
    epoch: EPOCH,
    clock: systemClock,
    join: joinOnce(),
    head: async () => (state.readable ? log.length : null),
    page: async (_chatId, after) => log.slice(after, after + 3),
    onError: (error) => errors.push(error),
  };
  const sink: Sink = {
    send: (frame) => frames.push(JSON.parse(frame) as Frame),
    pressure: () => state.pressure,
    async room() {
      while (state.pressure === "full") await drained.promise;
    },
  };
  return {
    hub,
    log,
    frames,
    errors,
    state,
    source,
    sink,
    commit(count: number): readonly HubEvent[] {
      const added = Array.from({ length: count }, (_, index) => eventAt(log.length + index + 1));
      log.push(...added);
      return added;
    },
    drain() {
      state.pressure = "none";
      drained.resolve();
      drained = Promise.withResolvers();
    },
    open: (after = 0, { epoch = EPOCH, deltas = false, sub = "s" } = {}, from: LogSource = source) =>
      new Subscription({ sub, chatId: CHAT, after, epoch, deltas }, from, sink, () => {}),
    seqs: () => frames.flatMap((frame) => (frame.type === "events" ? frame.events.map((event) => event.seq) : [])),
    types: () => frames.map((frame) => frame.type),
  };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test("F2 a watcher that comes late gets the whole log, then live once, then what follows", async () => {
  const s = scene(7);
  s.open();
  await settle();
  s.hub.publish(CHAT, s.commit(2));
  expect(s.seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(s.types()).toEqual(["events", "events", "events", "live", "events"]);
  expect(s.frames[3]).toEqual({ type: "live", sub: "s", chatId: CHAT, seq: 7 });
});

test("an empty chat is live at once, at 0", async () => {
  const s = scene();
  s.open();
  await settle();
  expect(s.frames).toEqual([{ type: "live", sub: "s", chatId: CHAT, seq: 0 }]);
});

test.each([
  { when: "the client's epoch is another", after: 2, epoch: "e0", reason: "epoch" },
  { when: "the client is ahead of the log", after: 9, epoch: EPOCH, reason: "ahead" },
])("the answer is a reset when $when, and nothing after it", async ({ after, epoch, reason }) => {
  const s = scene(4);
  s.open(after, { epoch });
  await settle();
  s.hub.publish(CHAT, s.commit(1));
  expect(s.frames).toEqual([{ type: "reset", sub: "s", chatId: CHAT, reason, first: 1, last: 4, epoch: EPOCH }]);
});

test("F16 a chat that may not be read is not found, whatever its epoch", async () => {
  const s = scene(4);
  s.state.readable = false;
  s.open(2, { epoch: "e0" });
  await settle();
  expect(s.frames).toEqual([{ type: "error", sub: "s", code: "not_found", message: "this chat was not found" }]);
});

test("a reader that loses the right gets nothing that was written after", async () => {
  const s = scene(1);
  s.open();
  await settle();
  s.state.readable = false;
  s.hub.gone(CHAT);
  s.hub.publish(CHAT, s.commit(1));
  await settle();
  expect(s.seqs()).toEqual([1]);
  expect(s.types()).toEqual(["events", "live", "error"]);
});

test("a page that was on its way when the right was lost is not sent", async () => {
  const s = scene(2);
  const page = Promise.withResolvers<readonly HubEvent[]>();
  s.open(0, {}, { ...s.source, page: () => page.promise });
  await settle();
  s.state.readable = false;
  s.hub.gone(CHAT);
  page.resolve(s.log);
  await settle();
  expect(s.types()).toEqual(["error"]);
});

test("a lost hint is made up for from the log when the next one comes", async () => {
  const s = scene(1);
  s.open();
  await settle();
  s.commit(2);
  s.hub.publish(CHAT, s.commit(1));
  await settle();
  expect(s.seqs()).toEqual([1, 2, 3, 4]);
});

test("a failing read is reported once and tried again until it works", async () => {
  const s = scene(3);
  let failures = 2;
  s.open(
    0,
    {},
    {
      ...s.source,
      clock: { now: () => 0, after: (_ms, fn) => (setImmediate(fn), () => {}) },
      page: (chatId, after) =>
        failures-- > 0 ? Promise.reject(new Error("database is away")) : s.source.page(chatId, after),
    },
  );
  await expect.poll(s.seqs).toEqual([1, 2, 3]);
  expect(s.errors).toHaveLength(1);
});

test("a log that has a hole is an error, not an endless loop", async () => {
  const s = scene(3);
  s.open(0, {}, { ...s.source, page: async () => [] });
  await settle();
  expect(s.frames).toMatchObject([{ type: "error", code: "unavailable" }]);
});

test("a full socket is not pushed to; when it drains, the rest comes from the log", async () => {
  const s = scene(1);
  s.open();
  await settle();
  s.state.pressure = "full";
  s.hub.publish(CHAT, s.commit(3));
  s.hub.publish(CHAT, s.commit(3));
  await settle();
  expect(s.seqs()).toEqual([1]);
  s.drain();
  await settle();
  expect(s.seqs()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(s.types().at(-1)).toBe("live");
});

test("deltas go only to those who asked, and a late subscriber first gets the whole part, right after live", async () => {
  const s = scene(1);
  s.hub.delta(deltaOf("Hel"));
  s.open(0, { deltas: true });
  await settle();
  s.hub.delta(deltaOf("lo", 3));
  expect(s.frames.slice(1)).toMatchObject([
    { type: "live" },
    { type: "delta", part: "1.1", offset: 0, text: "Hel" },
    { type: "delta", part: "1.1", offset: 3, text: "lo" },
  ]);
  const plain = scene(1);
  plain.open();
  await settle();
  plain.hub.delta(deltaOf("Hello"));
  expect(plain.types()).toEqual(["events", "live"]);
});

test("after a pause the whole part is sent, by the next delta or by the drain, whichever is first", async () => {
  const s = scene(0);
  const subscription = s.open(0, { deltas: true });
  await settle();
  s.state.pressure = "some";
  s.hub.delta(deltaOf("Hel"));
  s.hub.delta(deltaOf("lo", 3));
  s.state.pressure = "none";
  s.hub.delta(deltaOf("!", 5));
  s.state.pressure = "some";
  s.hub.delta(deltaOf("?", 6));
  s.drain();
  subscription.drained();
  expect(s.frames.slice(1)).toMatchObject([
    { type: "delta", offset: 0, text: "Hello!" },
    { type: "delta", offset: 0, text: "Hello!?" },
  ]);
});

test("after its end a subscription sends nothing, even with a page on its way", async () => {
  const s = scene(9);
  const subscription = s.open();
  await Promise.resolve();
  subscription.end();
  await settle();
  s.hub.publish(CHAT, s.commit(1));
  expect(s.frames).toEqual([]);
  expect(s.hub.isWatched(CHAT)).toBe(false);
});

test("live events are cut into frames of at most 200 events and 64 KB", async () => {
  const s = scene(0);
  s.open();
  await settle();
  s.hub.publish(CHAT, s.commit(450));
  const big = Array.from({ length: 3 }, (_, index) => {
    const seq = s.log.length + index + 1;
    return { seq, json: JSON.stringify({ chatId: CHAT, seq, data: "x".repeat(40_000) }) };
  });
  s.hub.publish(CHAT, big);
  const sizes = s.frames.flatMap((frame) => (frame.type === "events" ? [frame.events.length] : []));
  expect(sizes).toEqual([200, 200, 50, 1, 1, 1]);
});

type Action = "commit" | "publish" | "lose" | "fill" | "drain" | "reconnect" | "gone" | "tick";
const actions: readonly Action[] = ["commit", "publish", "lose", "fill", "drain", "reconnect", "gone", "tick"];

test("F1 F28 any interleaving of append, publish, lost hint, slow reading and reconnect gives exactly the log", async () => {
  const reached = { lives: 0, gaps: 0, full: 0, reconnects: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.nat({ max: 8 }),
      fc.array(fc.constantFrom(...actions, "tick" as const, "tick" as const), { minLength: 10, maxLength: 80 }),
      async (scheduler, length, plan) => {
        const s = scene(length);
        const unpublished: HubEvent[] = [];
        let reads = 0;
        // A read sees the log as it is when it begins or when it ends, and takes any time.
        const later = async <T>(read: () => T): Promise<T> => {
          const before = reads++ % 2 === 0 ? { value: read() } : null;
          await scheduler.schedule(Promise.resolve());
          return before === null ? read() : before.value;
        };
        const source: LogSource = {
          ...s.source,
          head: () => later(() => s.log.length),
          page: (_chatId, after) => later(() => s.log.slice(after, after + 3)),
        };
        let client = s.open(0, {}, source);
        const lastSeen = (): number => s.seqs().at(-1) ?? 0;
        const act = async (action: Action): Promise<void> => {
          switch (action) {
            case "commit":
              return void unpublished.push(...s.commit(1 + (s.log.length % 3)));
            case "publish":
              return s.hub.publish(CHAT, unpublished.splice(0));
            case "lose":
              if (unpublished.length > 0) reached.gaps++;
              return void unpublished.splice(0);
            case "fill":
              reached.full++;
              s.state.pressure = "full";
              return;
            case "drain":
              return s.drain();
            case "reconnect":
              reached.reconnects++;
              client.end();
              client = s.open(lastSeen(), {}, source);
              return;
            case "gone":
              return s.hub.gone(CHAT);
            case "tick":
              if (scheduler.count() > 0) await scheduler.waitNext(1);
          }
        };
        for (const action of plan) await act(action);
        s.drain();
        unpublished.push(...s.commit(1));
        s.hub.publish(CHAT, unpublished.splice(0));
        await scheduler.waitIdle();
        reached.lives += s.types().filter((type) => type === "live").length;
        expect(s.seqs()).toEqual(s.log.map((event) => event.seq));
        expect(s.types()).not.toContain("reset");
        client.end();
      },
    ),
    { numRuns: 300 },
  );
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(50);
});

test("how far a call is goes only to those who asked for deltas; a late one is told at once, a slow one the newest when it has room", async () => {
  const s = scene(1);
  const told = (text: string): HubProgress => ({ chatId: CHAT, runId: "run", lease: 1, callId: "k", text });
  const texts = () => s.frames.flatMap((frame) => (frame.type === "progress" ? [frame.text] : []));
  s.hub.progress(told("1 of 9"));
  const subscription = s.open(0, { deltas: true });
  await settle();
  expect(s.frames.at(-1)).toEqual({
    type: "progress",
    sub: "s",
    chatId: CHAT,
    runId: "run",
    callId: "k",
    text: "1 of 9",
  });
  s.hub.progress(told("2 of 9"));
  s.state.pressure = "some";
  s.hub.progress(told("3 of 9"));
  s.hub.progress(told("4 of 9"));
  s.drain();
  subscription.drained();
  expect(texts()).toEqual(["1 of 9", "2 of 9", "4 of 9"]);
  const plain = scene(1);
  plain.open();
  await settle();
  plain.hub.progress(told("5 of 9"));
  expect(plain.types()).toEqual(["events", "live"]);
});
