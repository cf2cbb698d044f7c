import { setTimeout as wait } from "node:timers/promises";
import { checkAcknowledged, checkEffects, checkLog, checkUsage, checkVerify, checkWatchers } from "./checks.ts";
import { disturb, type Happened } from "./faults.ts";
import { checkLeftovers, heldBy } from "./leftovers.ts";
import { readLogs } from "./log.ts";
import { planOf } from "./plan.ts";
import { timesOf, type Took } from "./times.ts";
import { finale } from "./finale.ts";
import { addSchedules, decide, endSchedules, work, type Done } from "./work.ts";
import { World } from "./world.ts";

/** Only ends a hang: ten recoveries, each behind a lease. */
const QUIET_MS = 180_000;

/** A run of at least so long has its finale, and waits for lists to be right. */
const LONG_MS = 60_000;

export interface Outcome {
  /** What must not be, in words; nothing: all that was promised holds. */
  readonly wrong: readonly string[];
  /** How often what the run is about came about. */
  readonly reached: { readonly [what: string]: number };
  readonly faults: readonly string[];
  /** Of stops and take-overs that nothing else disturbed. */
  readonly times: readonly Took[];
  /** Of each node in the end, in MB. */
  readonly memory: readonly number[];
  readonly folder: string;
}

/** Several nodes, people at work with them, and all that can befall both; then quiet, and a look at what is left. */
export async function chaosRun(seed: number, forMs: number): Promise<Outcome> {
  await using world = await World.start();
  const plan = planOf(seed, forMs);
  const happened: Happened[] = [];
  const done: Done = { tasks: new Map(), messages: new Map(), stops: [], approvals: 0 };
  const before = await heldBy(world);
  const began = Date.now();
  const over = new AbortController();
  await addSchedules(world);
  const deciding = decide(world, done, over.signal);
  await Promise.all([work(world, plan, done), disturb(world, plan, happened)]);
  await endSchedules(world);
  if (forMs >= LONG_MS) await finale(world, happened, done);
  await quiet(world);
  over.abort();
  await deciding;
  for (const { id } of await world.database.rows<{ id: string }>("select id from chats")) world.chats.add(id);

  const { wrong } = world;
  const tell = (what: string): void => void wrong.push(what);
  for (const node of world.nodes)
    if (node.endedByItself > 0) tell(`${node.name} has ended by itself ${node.endedByItself} times`);
  const logs = await readLogs(world);
  for (const [chatId, events] of logs) checkLog(chatId, events, tell);
  checkEffects(logs, world.effects(), tell);
  await checkAcknowledged(world, logs, done, tell);
  await checkUsage(world, logs, tell);
  await caughtUp(world, logs);
  checkWatchers(world, logs, tell);
  if (forMs >= LONG_MS) for (const each of world.news) await each.check(world.database, tell);
  await checkVerify(world, tell);
  const memory = await checkLeftovers(world, before, tell);
  if (wrong.length === 0) world.forget();

  const states = [...logs.values()].flat().flatMap(({ type, data }) => (type === "status" ? [data] : []));
  const count = (state: string): number => states.filter((data) => data.state === state).length;
  return {
    wrong,
    reached: {
      tasks: done.tasks.size,
      messages: done.messages.size,
      stops: done.stops.length,
      approvals: done.approvals,
      effects: world.effects().length,
      crashes: states.filter((data) => data.state === "interrupted" && data.reason === "crash").length,
      resumed: count("resumed"),
      completed: count("completed"),
      cancelled: count("cancelled"),
      reconnects: world.watchers.reduce((sum, { connections }) => sum + connections - 1, 0),
      deltas: world.watchers.reduce((sum, { deltas }) => sum + deltas, 0),
    },
    faults: happened.map(({ kind, node, from, to }) => {
      const at = (ms: number): string => `${((ms - began) / 1000).toFixed(1)} s`;
      return `${at(from)} to ${at(to)}: ${kind}${node === null ? "" : ` of node ${node}`}`;
    }),
    times: timesOf({ stops: done.stops, happened, busy: world.busy }, logs),
    memory,
    folder: world.folder,
  };
}

/** Until every node serves, and nothing is queued, works or waits. */
async function quiet(world: World): Promise<void> {
  for (const node of world.nodes) await world.served(node);
  for (const deadline = performance.now() + QUIET_MS; ; await wait(200)) {
    const open = await world.database.rows("select id, chat_id, state from runs where ended_at is null");
    if (open.length === 0) return;
    if (performance.now() < deadline) continue;
    return void world.wrong.push(`these runs have not come to an end: ${JSON.stringify(open)}`);
  }
}

async function caughtUp(world: World, logs: ReadonlyMap<string, readonly unknown[]>): Promise<void> {
  const behind = (): boolean =>
    world.watchers.some((watcher) => [...logs].some(([chatId, events]) => watcher.head(chatId) < events.length));
  for (const deadline = performance.now() + 60_000; behind() && performance.now() < deadline;) await wait(50);
}
