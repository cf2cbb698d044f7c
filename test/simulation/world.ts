import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";
import { RunAborted } from "../../src/agent/deps.ts";
import { workRun } from "../../src/agent/run.ts";
import { Stopper } from "../../src/agent/stop.ts";
import { ModelError } from "../../src/models/model.ts";
import { joinOnce, Subscription } from "../../src/server/socket/subscription.ts";
import { readHead, readPage } from "../../src/store/log/events.ts";
import { DatabaseClock } from "../../src/store/database/clock.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import type { Store } from "../../src/store/database/store.ts";
import { people } from "../kit/members.ts";
import { Loop } from "../../src/worker/loop.ts";
import type { User } from "../../src/store/people/user.ts";
import { testClock } from "../kit/clock.ts";
import { seededBytes } from "../kit/seeded.ts";
import { call, fail, gate, pause, say, scriptedModel, think, type Step } from "../kit/scripted-model.ts";
import { agentDeps, echoTool, testTool } from "../kit/worker.ts";
import { databaseTime } from "./database-time.ts";

/**
 * A small Sparky whose time, luck and deaths a test decides: one database, a process at a time for each of its nodes, watchers
 * that stay. Several nodes share a PostgreSQL, whose time is the test's too; how soon it answers is not.
 */
export interface World {
  /** Of the process that lives now. */
  readonly store: Store;
  /** The node that a person happens to talk to. */
  node(): Pick<Life, "store" | "stopper">;
  readonly owner: User;
  /** The call ids of effects that must not happen twice, as they happened. */
  readonly effects: readonly string[];
  /** What was logged as an error. */
  readonly errors: readonly unknown[];
  /** A number below `n`, from the world's seed. */
  luck(n: number): number;
  watch(chatId: string): void;
  /** What the watchers of each chat were sent, in order: one watches on each node. */
  readonly watched: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** Somebody sets the machine's clock, of one node. */
  stepClock(ms: number): void;
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

/** What happens between two looks at the clock of a database may take as long, by that clock, as a slow one would take. */
const SLICE_MS = 200;

export async function createWorld(place: Place, seed: number, nodes = 1): Promise<World> {
  const clock = testClock();
  const database = place.kind === "postgres" ? await databaseTime(place, clock.now()) : null;
  const ahead = Array.from({ length: nodes }, () => 0);
  const bytes = seededBytes(seed);
  const luck = (n: number): number => ((bytes(1)[0] ?? 0) * 256 + (bytes(1)[0] ?? 0)) % n;
  const effects: string[] = [];
  const errors: unknown[] = [];
  const watched = new Map<string, string[][]>();
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

  const subscribe = (life: Life, at: number, chatId: string): void => {
    const { hub, epoch } = life.store;
    const all = watched.get(chatId) ?? Array.from({ length: nodes }, () => []);
    watched.set(chatId, all);
    const seen = all[at] as string[];
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

  /** Of one node: on a server it goes by the server's, whatever its own was set to. */
  const clockOf = async (at: number): Promise<Clock> => {
    if (database === null) return clock;
    const machine = {
      now: () => clock.now() + (ahead[at] ?? 0),
      after: (ms: number, fn: () => void) => clock.after(ms, fn),
    };
    const shared = new DatabaseClock(machine, database.now, () => clock.elapsed());
    await shared.align();
    return shared;
  };
  const begin = async (at: number): Promise<Life> => {
    const store = await openStore(place, { clock: await clockOf(at), random: bytes, node: `node-${at}` });
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
    for (const chatId of watched.keys()) subscribe(life, at, chatId);
    await loop.start();
    return life;
  };
  const pass = async (ms: number): Promise<void> => {
    if (database === null) {
      for (let i = 0; i < 25; i++) await setImmediate();
      await clock.advance(ms);
      for (let i = 0; i < 25; i++) await setImmediate();
      return;
    }
    for (let left = ms; left >= 0; left -= SLICE_MS) {
      await database.quiet();
      const slice = Math.min(left, SLICE_MS);
      await database.set(clock.now() + slice);
      await clock.advance(slice);
      await database.quiet();
    }
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

  const lives: Life[] = [];
  for (let at = 0; at < nodes; at++) lives.push(await begin(at));
  const lifeAt = (at: number): Life => lives[at] as Life;
  const again = async (at: number): Promise<void> => {
    await finish(lifeAt(at));
    lives[at] = await begin(at);
  };
  const { owner } = await people(lifeAt(0).store);
  return {
    owner,
    effects,
    errors,
    luck,
    watched,
    pass,
    get store() {
      return lifeAt(0).store;
    },
    node: () => lifeAt(luck(nodes)),
    watch: (chatId) => lives.forEach((life, at) => subscribe(life, at, chatId)),
    stepClock(ms) {
      if (database === null) clock.step(ms);
      else ahead[luck(nodes)]! += ms;
    },
    async crash() {
      const at = luck(nodes);
      // Its workers write nothing more, whatever they were at; nothing is handed back.
      lifeAt(at).death.abort(new RunAborted("lost"));
      await again(at);
    },
    shutDown: () => again(luck(nodes)),
    async close() {
      for (const life of lives) await finish(life);
      await database?.[Symbol.asyncDispose]();
    },
  };
}
