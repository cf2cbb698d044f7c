import { onTestFinished } from "vitest";
import { workRun } from "../../src/agent/run.ts";
import { Stopper } from "../../src/agent/stop.ts";
import type { ChatEvent, EventOf, EventType } from "../../src/core/events.ts";
import { readEvents } from "../../src/store/log/events.ts";
import type { Store } from "../../src/store/database/store.ts";
import { Loop } from "../../src/worker/loop.ts";
import { agentDeps, type AgentOptions } from "./worker.ts";

/** The agent and its loop over a store, as `main.ts` builds them, with a scripted model and tools of the test's own. */

export interface Agent {
  readonly loop: Loop;
  readonly stopper: Stopper;
  /** What was logged as an error: most tests expect none. */
  readonly errors: unknown[];
  /** Hands every run back. Done when the test ends, if the test has not. */
  stop(): Promise<void>;
}

export async function startAgent(store: Store, options: AgentOptions): Promise<Agent> {
  const errors: unknown[] = [];
  const deps = agentDeps(store, options, errors);
  const stopper = new Stopper(store, deps.log);
  const loop = new Loop({
    store,
    work: (claimed, signal) => workRun(deps, claimed, signal),
    tasks: options.tasks ?? true,
    concurrency: options.concurrency ?? 4,
    pollMs: options.pollMs ?? 10_000,
    log: deps.log,
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopper[Symbol.dispose]();
    await loop[Symbol.asyncDispose]();
  };
  const agent: Agent = { loop, stopper, errors, stop: () => (stopped ??= stop()) };
  onTestFinished(() => agent.stop());
  await loop.start();
  return agent;
}

/** What was appended so far of one type, in order. */
export async function dataOf<T extends EventType>(
  store: Store,
  chatId: string,
  type: T,
): Promise<EventOf<T>["data"][]> {
  const events = await readEvents(store.db, chatId, { types: [type] });
  return events.map((event) => event.data as EventOf<T>["data"]);
}

/** The log in short: what happened, in its order. */
export async function story(store: Store, chatId: string): Promise<string[]> {
  return (await readEvents(store.db, chatId)).flatMap(inShort);
}

function inShort(event: ChatEvent): string[] {
  switch (event.type) {
    case "status":
      return [event.data.state];
    case "message":
      return [`${event.data.role}: ${event.data.text}${event.data.partial ? " …" : ""}`];
    case "thought":
      return [`thinks: ${event.data.text}${event.data.partial ? " …" : ""}`];
    case "tool_use":
      return [`asks ${event.data.name}`];
    case "tool_result":
      return [`${event.data.ok ? "has" : "fails"} ${event.data.name}`];
    case "plan":
      return [`plan ${event.data.items.map((item) => item.status).join(" ")}`];
    case "error":
      return [`error ${event.data.code}`];
    default:
      return [];
  }
}
