import { setTimeout as wait } from "node:timers/promises";
import type { Approval } from "../../src/wire/approvals.ts";
import type { Task } from "../../src/wire/api.ts";
import { jobText, NODES, type Plan, type Work } from "./plan.ts";
import type { World } from "./world.ts";

const LOOK_MS = 400;
/** A timer that is so late tells that the machine has other work: then no time says anything about the nodes. */
const LATE_MS = 100;
const SCHEDULES = ["tick", "tock"];

export interface Stopped {
  readonly chatId: string;
  readonly runId: string;
  /** When the node that has taken it was asked. */
  readonly askedAt: number;
}

/** What was acknowledged: it must be there in the end, once. */
export interface Done {
  readonly tasks: Map<string, string>;
  readonly messages: Map<string, string>;
  readonly stops: Stopped[];
  approvals: number;
}

/** Gives the nodes all the work of the plan, each piece by the node that it names or, if that has no answer, another. */
export async function work(world: World, plan: Plan, done: Done): Promise<void> {
  const began = performance.now();
  const underway = new Set<Promise<void>>();
  for (const piece of plan.work) {
    await wait(Math.max(0, piece.atMs - (performance.now() - began)));
    const doing = doWork(world, piece, done).catch((error: unknown) => void world.wrong.push(String(error)));
    underway.add(doing);
    void doing.finally(() => underway.delete(doing));
  }
  await Promise.all(underway);
}

async function doWork(world: World, piece: Work, done: Done): Promise<void> {
  switch (piece.do) {
    case "task": {
      const key = `task ${piece.job.n}`;
      const { status, body } = await world.ask(piece.node, "POST", "/api/tasks", {
        instruction: jobText(piece.job),
        key,
      });
      if (status !== 200 && status !== 201) return void world.wrong.push(`${key} was answered with ${status}`);
      const { id, chatId } = body as Task;
      done.tasks.set(key, id);
      world.chats.add(chatId);
      return;
    }
    case "say": {
      const key = `message ${piece.job.n}`;
      const chatId = world.talks[piece.chat] ?? "";
      const { status } = await world.ask(piece.node, "POST", `/api/chats/${chatId}/messages`, {
        text: jobText(piece.job),
        key,
      });
      if (status === 202) done.messages.set(key, chatId);
      else world.wrong.push(`${key} was answered with ${status}`);
      return;
    }
    case "stop": {
      const chatId = piece.chat === "newest task" ? [...world.chats].at(-1) : world.talks[piece.chat];
      if (chatId === undefined) return;
      const { status, body, askedAt } = await world.ask(piece.node, "POST", `/api/chats/${chatId}/stop`);
      if (status !== 200) return void world.wrong.push(`a stop was answered with ${status}`);
      if (body.runId !== null) done.stops.push({ chatId, runId: body.runId, askedAt });
    }
  }
}

/** Answers whatever the agent asks, by one node after another: one in four with a no. */
export async function decide(world: World, done: Done, signal: AbortSignal): Promise<void> {
  for (let node = 0; !signal.aborted; node++) {
    const before = performance.now();
    await wait(LOOK_MS);
    if (performance.now() - before > LOOK_MS + LATE_MS) world.busy.push(Date.now());
    const { status, body } = await world.ask(node, "GET", "/api/approvals");
    if (status !== 200) world.wrong.push(`the approvals were answered with ${status}`);
    for (const { id, summary } of (body.items ?? []) as readonly Approval[]) {
      const decision = Number(/ (\d+)\.\d+"/.exec(summary)?.[1] ?? 0) % 4 === 0 ? "deny" : "approve";
      const answer = await world.ask(node + 1, "POST", `/api/approvals/${id}`, { decision });
      // Withdrawn, or answered before: by us, if that answer was lost.
      if (answer.status === 200) done.approvals++;
      else if (answer.status !== 409) world.wrong.push(`an approval was answered with ${answer.status}`);
    }
  }
}

/** Schedules whose tasks come every ten seconds, until they are disabled. */
export async function addSchedules(world: World): Promise<void> {
  for (const [i, name] of SCHEDULES.entries()) {
    const prompt = jobText({ n: 100_000 + i, calls: 1, callMs: 100, words: 10 });
    const when = "every(10 seconds)";
    const { status } = await world.ask(i % NODES, "POST", "/api/schedules", { name, when, prompt, overlap: "queue" });
    if (status !== 201) world.wrong.push(`the schedule ${name} was answered with ${status}`);
  }
}

export async function endSchedules(world: World): Promise<void> {
  for (const name of SCHEDULES) await world.ask(0, "PATCH", `/api/schedules/${name}`, { state: "disabled" });
}
