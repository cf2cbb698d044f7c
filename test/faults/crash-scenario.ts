import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { workRun } from "../../src/agent/run.ts";
import { joinOnce, Subscription } from "../../src/server/subscription.ts";
import { readHead, readPage } from "../../src/store/events.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import type { Probe } from "../../src/store/probe.ts";
import type { Store } from "../../src/store/store.ts";
import { addTask } from "../../src/store/tasks-add.ts";
import { ensureUsers } from "../../src/store/users.ts";
import { Loop } from "../../src/tasks/loop.ts";
import { call, say, scriptedModel, stepsIn, think, type Step } from "../kit/scripted-model.ts";
import { agentDeps, ended, noteTool, testTool } from "../kit/worker.ts";

/**
 * One life of a process that works on a task: it may be ended at any point, and lived again on the same data until the run
 * has ended. Whatever it knows it has from the database and from two files: the effects of its tools, and what a watcher saw.
 */

export interface Scenario {
  readonly place: Place;
  readonly folder: string;
}

export const notesFile = ({ folder }: Scenario): string => join(folder, "notes");
export const stampsFile = ({ folder }: Scenario): string => join(folder, "stamps");
const watchedFile = ({ folder }: Scenario): string => join(folder, "watched");

/** More than a checkpoint lets pass, so that the last step has one in its middle. */
const LONG = "It is done. ".repeat(250);
export const RESULT = `${LONG}That is all.`;

const plan = (status: string) => call("plan_update", { items: [{ text: "both", status }] });
/** Three calls of one step are not safe to repeat, one is, and one is in the database alone. */
export const STEPS: readonly Step[] = [
  [think("First a plan."), plan("doing")],
  [
    say("Now both."),
    call("note", { text: "a" }),
    call("note", { text: "b" }),
    call("stamp", { text: "c" }),
    plan("done"),
  ],
  [call("note", { text: "d" })],
  [say(LONG, "That is all.")],
];

/** Lives until the run has ended; the task's id. */
export async function live(scenario: Scenario, probe: Probe = {}): Promise<string> {
  const store = await openStore(scenario.place, { probe });
  try {
    const { owner } = await ensureUsers(store);
    const { task } = await addTask(store, owner, { instruction: "Do both", key: "the task" });
    await leasesOfTheDeadRunOut(store);
    const watcher = watch(scenario, store, task.chatId);
    const stamp = testTool("stamp", async (text) => {
      appendFileSync(stampsFile(scenario), `${text}\n`);
      return null;
    });
    const model = scriptedModel((request) => STEPS[stepsIn(request)] ?? []);
    const deps = agentDeps(store, { model, tools: [noteTool(notesFile(scenario)), stamp] });
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

/** On PostgreSQL a lease outlives its worker by some seconds, by the database's clock; here they are over at once. */
async function leasesOfTheDeadRunOut(store: Store): Promise<void> {
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
