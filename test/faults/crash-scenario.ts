import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { workRun } from "../../src/agent/run.ts";
import { joinOnce, Subscription } from "../../src/server/socket/subscription.ts";
import { readHead, readPage } from "../../src/store/log/events.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import type { Probe } from "../../src/store/database/probe.ts";
import type { Append, Store, Tx } from "../../src/store/database/store.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { Loop } from "../../src/worker/loop.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { call, say, scriptedModel, stepsIn, think, type Step } from "../kit/scripted-model.ts";
import { agentDeps, ended, testTool } from "../kit/worker.ts";

/**
 * One life of a process that works on a task: it may be ended at any point, and lived again on the same data until the run
 * has ended. Whatever it knows it has from the database and from two files: the effects of its tools, and what a watcher saw.
 */

export interface Scenario {
  readonly place: Place;
  readonly folder: string;
  /** How many calls with an effect outside of the database one step makes. */
  readonly parallel: number;
}

/**
 * A moment of a life: right before or right after the commit that holds its n-th event, its n-th commit without an event, its
 * n-th `tool_start`, or the n-th effect of a tool. Every life has the same number of each, but for the commits without
 * an event: some are made when time has passed.
 */
export interface Moment {
  readonly when: "before" | "after";
  readonly what: "event" | "silent commit" | "start" | "effect";
  readonly n: number;
}

/** `isFirst`: of those that are the same moment, as the events of one commit are. */
export type Tell = (moment: Moment, isFirst?: boolean) => void;

export const notesFile = ({ folder }: Scenario): string => join(folder, "notes");
export const stampsFile = ({ folder }: Scenario): string => join(folder, "stamps");
const watchedFile = ({ folder }: Scenario): string => join(folder, "watched");

/** More than a checkpoint lets pass, so that the last step has one in its middle. */
const LONG = "It is done. ".repeat(250);
export const RESULT = `${LONG}That is all.`;

const plan = (status: string) => call("plan_update", { items: [{ text: "all", status }] });

/** Of each three calls of the parallel step two are not safe to repeat and one is; one more is in the database alone. */
const inParallel = (parallel: number) =>
  Array.from({ length: parallel }, (_, i) => call(i % 3 === 2 ? "stamp" : "note", { text: `call ${i}` }));

export const stepsOf = ({ parallel }: Pick<Scenario, "parallel">): readonly Step[] => [
  [think("First a plan."), plan("doing")],
  [say("Now all."), ...inParallel(parallel), plan("done")],
  [call("note", { text: "last" })],
  [say(LONG, "That is all.")],
];

/** Lives until the run has ended, telling of each moment; the task's id. */
export async function live(scenario: Scenario, tell: Tell = () => {}): Promise<string> {
  const store = telling(await openStore(scenario.place, { probe: probeOf(tell) }), tell);
  try {
    const { owner } = await ensureUsers(store);
    const { task } = await addTask(store, owner, { instruction: "Do both", key: "the task" });
    await leasesOfTheDeadRunOut(store);
    const watcher = watch(scenario, store, task.chatId);
    const steps = stepsOf(scenario);
    const deps = agentDeps(store, {
      model: scriptedModel((request) => steps[stepsIn(request)] ?? []),
      tools: effects(scenario, tell),
    });
    const loop = new Loop({
      store,
      work: (claimed, signal) => workRun(deps, claimed, signal),
      tasks: true,
      concurrency: 4,
      pollMs: 10_000,
      log: deps.log,
    });
    await loop.start();
    const run = await ended(store, task.runId);
    await watcher.saw(run.chat_id);
    await loop[Symbol.asyncDispose]();
    return task.id;
  } finally {
    await store[Symbol.asyncDispose]();
  }
}

export function probeOf(tell: Tell): Probe {
  const moments = new Map<number, readonly Omit<Moment, "when">[]>();
  let [events, silent] = [0, 0];
  return {
    before(n, count) {
      const here =
        count === 0
          ? [{ what: "silent commit", n: ++silent } as const]
          : Array.from({ length: count }, () => ({ what: "event", n: ++events }) as const);
      moments.set(n, here);
      here.forEach((moment, i) => tell({ when: "before", ...moment }, i === 0));
    },
    after(n) {
      moments.get(n)?.forEach((moment, i) => tell({ when: "after", ...moment }, i === 0));
    },
  };
}

/** The same store, telling of each call that starts: the event of one that acts elsewhere is in a transaction with its audit. */
export function telling(store: Store, tell: Tell): Store {
  let starts = 0;
  const isStart = (events: Append["events"]): boolean => events.some((event) => event.type === "tool_start");
  return {
    ...store,
    async append(append) {
      if (!isStart(append.events)) return store.append(append);
      const n = ++starts;
      tell({ when: "before", what: "start", n });
      const events = await store.append(append);
      tell({ when: "after", what: "start", n });
      return events;
    },
    async transact(body, wait) {
      let n: number | null = null;
      const result = await store.transact((tx) => {
        const append: Tx["append"] = (chatId, events, fence) => {
          // Once, however often the database has it tried again.
          if (n === null && isStart(events)) {
            n = ++starts;
            tell({ when: "before", what: "start", n });
          }
          return tx.append(chatId, events, fence);
        };
        return body({ ...tx, append });
      }, wait);
      if (n !== null) tell({ when: "after", what: "start", n });
      return result;
    },
  };
}

/** Two tools whose effect is a line in a file: `note` must not happen twice, `stamp` may. */
function effects(scenario: Scenario, tell: Tell): readonly Tool<Tx>[] {
  let done = 0;
  const lineIn =
    (file: string) =>
    async (text: string): Promise<null> => {
      const n = ++done;
      tell({ when: "before", what: "effect", n });
      appendFileSync(file, `${text}\n`);
      tell({ when: "after", what: "effect", n });
      return null;
    };
  return [
    testTool("note", lineIn(notesFile(scenario)), { idempotent: false }),
    testTool("stamp", lineIn(stampsFile(scenario))),
  ];
}

/** On PostgreSQL a lease outlives its worker by some seconds, by the database's clock; here they are over at once. */
export async function leasesOfTheDeadRunOut(store: Store): Promise<void> {
  if (store.kind === "sqlite") return;
  await store.db.updateTable("runs").set({ lease_until: 1 }).where("state", "in", ["working", "stopping"]).execute();
}

/** What the watcher has seen in all its lives. */
export function watched(scenario: Scenario): readonly string[] {
  const file = watchedFile(scenario);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

/** A watcher as the socket serves one: it comes back with its cursor, and keeps every event that it is sent. */
function watch(scenario: Scenario, store: Store, chatId: string): { saw(chatId: string): Promise<void> } {
  const { hub, epoch, clock } = store;
  const last = watched(scenario).at(-1);
  let cursor = last === undefined ? 0 : seqOf(last);
  const seen = Promise.withResolvers<void>();
  let goal = Infinity;
  const sink = {
    send(text: string): void {
      const frame: { readonly type: string; readonly events?: readonly object[] } = JSON.parse(text);
      for (const event of frame.events ?? []) {
        appendFileSync(watchedFile(scenario), `${JSON.stringify(event)}\n`);
        cursor = seqOf(JSON.stringify(event));
      }
      if (cursor >= goal) seen.resolve();
    },
    pressure: () => "none" as const,
    room: () => Promise.resolve(),
  };
  const source = {
    hub,
    epoch,
    clock,
    head: (id: string) => readHead(store, id),
    page: (id: string, after: number) => readPage(store, id, after),
    onError: (error: unknown) => seen.reject(error),
    join: joinOnce(),
  };
  const request = { sub: "s", chatId, after: cursor, epoch, deltas: true };
  const subscription = new Subscription(request, source, sink, () => {});
  return {
    async saw(id) {
      goal = (await readHead(store, id)) ?? 0;
      if (cursor < goal) await seen.promise;
      subscription.end();
    },
  };
}

function seqOf(json: string): number {
  const event: { readonly seq: number } = JSON.parse(json);
  return event.seq;
}
