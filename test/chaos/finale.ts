import { setTimeout as wait } from "node:timers/promises";
import type { Task } from "../../src/wire/api.ts";
import { leasesOf, type Happened } from "./faults.ts";
import { ofType } from "./log.ts";
import { jobText, NODES } from "./plan.ts";
import type { Done } from "./work.ts";
import type { World } from "./world.ts";

const JOBS = 9;
/** Longer than it takes until others go on with it. */
const CALL_MS = 40_000;
const LOOK_MS = 50;
/** Only ends a hang. */
const PATIENCE_MS = 60_000;
/** A lease, and a moment. */
const TAKE_OVER_MS = 19_000;
/** What befell the nodes last is past by then. */
const SETTLE_MS = 20_000;

/**
 * When everything else is over: commands at work on all nodes, of which one is killed. A third is stopped while it is away, the
 * others when somebody else has what it had: so there are always stops and a take-over that nothing else disturbs.
 */
export async function finale(world: World, happened: Happened[], done: Done): Promise<void> {
  await wait(SETTLE_MS);
  const tasks = await Promise.all(
    Array.from({ length: JOBS }, (_, i) => addTask(world, i, { n: 200_000 + i, calls: 1, callMs: CALL_MS, words: 20 })),
  );
  for (const { chatId } of tasks) world.chats.add(chatId);
  for (
    const deadline = performance.now() + PATIENCE_MS;
    !tasks.every((task) => isAtWork(world, task));
    await wait(LOOK_MS)
  )
    if (performance.now() > deadline) return void world.wrong.push("commands did not begin when everything was quiet");
  const [node] = world.nodes;
  if (node === undefined) return;
  const killed: Happened = { kind: "kill", node: 0, from: Date.now(), to: Infinity, leases: [] };
  happened.push(killed);
  await node.down("SIGKILL");
  killed.leases = await leasesOf(world.database);
  const stop = async ({ chatId }: Task, i: number): Promise<void> => {
    const { body, askedAt } = await world.ask(1 + (i % (NODES - 1)), "POST", `/api/chats/${chatId}/stop`);
    if (body.runId !== null) done.stops.push({ chatId, runId: body.runId, askedAt });
  };
  await Promise.all(tasks.filter((_, i) => i % 3 === 0).map(stop));
  await wait(TAKE_OVER_MS);
  await Promise.all(tasks.filter((_, i) => i % 3 !== 0).map(stop));
  node.start();
  await world.served(node);
  killed.to = Date.now();
}

async function addTask(world: World, i: number, job: Parameters<typeof jobText>[0]): Promise<Task> {
  const { body } = await world.ask(i, "POST", "/api/tasks", { instruction: jobText(job), key: `finale ${i}` });
  return body as Task;
}

const isAtWork = (world: World, { chatId }: Task): boolean =>
  ofType(world.watchers[1]?.events.get(chatId) ?? [], "tool_start").length > 0;
