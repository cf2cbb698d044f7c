import { setImmediate } from "node:timers/promises";
import { RunAborted } from "../../src/agent/deps.ts";
import { workRun } from "../../src/agent/run.ts";
import { Stopper } from "../../src/agent/stop.ts";
import { ModelError } from "../../src/models/model.ts";
import { joinOnce, Subscription } from "../../src/server/socket/subscription.ts";
import { readHead, readPage } from "../../src/store/log/events.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import type { Store } from "../../src/store/database/store.ts";
import { people } from "../kit/members.ts";
import { Loop } from "../../src/worker/loop.ts";
import type { User } from "../../src/store/people/user.ts";
import { testClock, type TestClock } from "../kit/clock.ts";
import { seededBytes } from "../kit/seeded.ts";
import { call, fail, gate, pause, say, scriptedModel, think, type Step } from "../kit/scripted-model.ts";
import { agentDeps, echoTool, testTool } from "../kit/worker.ts";

/** A small Sparky whose time, luck and deaths a test decides: one database, one process at a time, watchers that stay. */
export interface World {
  readonly clock: TestClock;
  /** Of the process that lives now. */
  readonly store: Store;
  readonly stopper: Stopper;
  readonly owner: User;
  /** The call ids of effects that must not happen twice, as they happened. */
  readonly effects: readonly string[];
  /** What was logged as an error. */
  readonly errors: readonly unknown[];
  /** A number below `n`, from the world's seed. */
  luck(n: number): number;
  watch(chatId: string): void;
  /** What each watcher was sent, in order. */
  readonly watched: ReadonlyMap<string, readonly string[]>;
  /** Lets what can happen now happen, then moves time on. */
  pass(ms: number): Promise<void>;
  crash(): Promise<void>;
  shutDown(): Promise<void>;
  close(): Promise<void>;
}

interface Life {
  readonly store: Store;
  readonly stopper: Stopper;
  readonly loop: Loop;
  readonly death: AbortController;
  readonly subscriptions: Map<string, Subscription>;
}

export async function createWorld(place: Place, seed: number): Promise<World> {
  const clock = testClock();
  const bytes = seededBytes(seed);
  const luck = (n: number): number => ((bytes(1)[0] ?? 0) * 256 + (bytes(1)[0] ?? 0)) % n;
  const effects: string[] = [];
  const errors: unknown[] = [];
  const watched = new Map<string, string[]>();
  let words = 0;

  const later = (ms: number): ReturnType<typeof pause> => {
    const opened = gate();
    clock.after(ms, () => opened.open());
    return pause(opened);
  };
  const wait = async (ms: number, signal?: AbortSignal): Promise<void> => {
    const opened = gate();
    clock.after(ms, () => opened.open());
    await opened.wait(signal);
  };
  const note = testTool(
    "note",
    async (_text, { callId, signal }) => {
      effects.push(callId);
      if (luck(2) === 0) await wait(luck(2500), signal);
      return null;
    },
    { idempotent: false },
  );
  const slow = testTool(
    "slow",
    async (text, { signal }) => {
      await wait(luck(4000), text === "deaf" ? undefined : signal);
      return null;
    },
    { timeoutMs: 3000 },
  );
  const broken = testTool("broken", () => Promise.reject(new Error("it broke")));
  const calls = (): Step =>
    Array.from({ length: 1 + luck(3) }, () => {
      const name = ["note", "echo", "slow", "broken", "missing", "plan_update"][luck(6)] ?? "note";
      if (name === "plan_update")
        return call(name, { items: [{ text: "x", status: luck(2) === 0 ? "doing" : "done" }] });
      return call(name, { text: luck(4) === 0 ? "deaf" : `${words++}` }, "call_1");
    });
  const busy = new ModelError("model_overloaded", "busy", { retryable: true });
  const refused = new ModelError("model_auth", "refused", { retryable: false });
  const model = scriptedModel((): Step => {
    const roll = luck(20);
    if (roll === 0) return [fail(refused)];
    if (roll <= 2) return [say(`Half ${words++}`), later(luck(800)), fail(busy)];
    if (roll <= 10) return [think(`Hm ${words++}`), later(luck(800)), ...calls()];
    return [say(`Answer ${words++} `, "x".repeat(luck(3000))), later(luck(1500)), say(` end ${words++}`)];
  });

  const subscribe = (life: Life, chatId: string): void => {
    const { hub, epoch } = life.store;
    const seen = watched.get(chatId) ?? [];
    watched.set(chatId, seen);
    const source = {
      hub,
      epoch,
      clock,
      head: (id: string) => readHead(life.store, id),
      page: (id: string, after: number) => readPage(life.store, id, after),
      onError: (error: unknown) => void errors.push(error),
      join: joinOnce(),
    };
    const sink = {
      send(text: string): void {
        const frame: { readonly events?: readonly object[] } = JSON.parse(text);
        for (const event of frame.events ?? []) seen.push(JSON.stringify(event));
      },
      pressure: () => "none" as const,
      room: () => Promise.resolve(),
    };
    const request = { sub: chatId, chatId, after: seen.length, epoch, deltas: true };
    life.subscriptions.set(chatId, new Subscription(request, source, sink, () => {}));
  };

  const begin = async (): Promise<Life> => {
    const store = await openStore(place, { clock, random: bytes });
    store.hub.onError = (error) => void errors.push(error);
    const deps = agentDeps(store, { model, tools: [echoTool, note, slow, broken] }, errors as unknown[]);
    const death = new AbortController();
    const loop = new Loop({
      store,
      work: (claimed, signal) => workRun(deps, claimed, AbortSignal.any([signal, death.signal])),
      tasks: true,
      concurrency: 2,
      pollMs: 10_000,
      log: deps.log,
    });
    const stopper = new Stopper(store, deps.log);
    const life: Life = { store, loop, stopper, death, subscriptions: new Map() };
    for (const chatId of watched.keys()) subscribe(life, chatId);
    await loop.start();
    return life;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < 25; i++) await setImmediate();
    await clock.advance(ms);
    for (let i = 0; i < 25; i++) await setImmediate();
  };
  const finish = async (life: Life): Promise<void> => {
    let done = false;
    const closing = (async () => {
      life.stopper[Symbol.dispose]();
      await life.loop[Symbol.asyncDispose]();
      for (const subscription of life.subscriptions.values()) subscription.end();
      await life.store[Symbol.asyncDispose]();
      done = true;
    })();
    // Closing waits on the clock, which only moves here.
    for (let i = 0; i < 1000 && !done; i++) await pass(20);
    await closing;
  };

  let life = await begin();
  const { owner } = await people(life.store);
  return {
    clock,
    owner,
    effects,
    errors,
    luck,
    watched,
    pass,
    get store() {
      return life.store;
    },
    get stopper() {
      return life.stopper;
    },
    watch: (chatId) => subscribe(life, chatId),
    async crash() {
      // Its workers write nothing more, whatever they were at; nothing is handed back.
      life.death.abort(new RunAborted("lost"));
      await finish(life);
      life = await begin();
    },
    async shutDown() {
      await finish(life);
      life = await begin();
    },
    close: () => finish(life),
  };
}
