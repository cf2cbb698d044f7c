import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { AgentDeps } from "../../src/agent/deps.ts";
import { workRun } from "../../src/agent/run.ts";
import { Stopper } from "../../src/agent/stop.ts";
import type { ChatEvent, EventOf, EventType, Json } from "../../src/core/events.ts";
import type { Model } from "../../src/models/model.ts";
import { readEvents } from "../../src/store/events.ts";
import type { Store, Tx } from "../../src/store/store.ts";
import { runRow } from "../../src/store/runs.ts";
import { Loop } from "../../src/tasks/loop.ts";
import { generalTools } from "../../src/tools/general.ts";
import { createRegistry } from "../../src/tools/registry.ts";
import { defineTool, type Tool, type ToolContext } from "../../src/tools/tool.ts";

/** The agent and its loop over a store, as `main.ts` builds them, with a scripted model and tools of the test's own. */

export interface AgentOptions {
  readonly model: Model;
  readonly tools?: readonly Tool<Tx>[];
  readonly tasks?: boolean;
  readonly workspaces?: string;
  readonly pollMs?: number;
  readonly concurrency?: number;
}

export interface Agent {
  readonly loop: Loop;
  readonly stopper: Stopper;
  /** What was logged as an error: most tests expect none. */
  readonly errors: unknown[];
  /** Hands every run back. Done when the test ends, if the test has not. */
  stop(): Promise<void>;
}

export function agentDeps(store: Store, options: AgentOptions, errors: unknown[] = []): AgentDeps {
  return {
    store,
    registry: createRegistry<Tx>([...generalTools, ...(options.tools ?? [])]),
    modelFor: () => options.model,
    workspaces: options.workspaces ?? "/nonexistent",
    timeZone: "UTC",
    chance: () => 0,
    log: { debug: () => {}, warn: () => {}, error: (fields) => void errors.push(fields) },
  };
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

/** A tool with one text argument, for tests: `execute` gets it. */
export function testTool(
  name: string,
  execute: (text: string, context: ToolContext) => Promise<Json>,
  facts: { readonly idempotent?: boolean; readonly timeoutMs?: number } = {},
): Tool<Tx> {
  return defineTool({
    name,
    description: `The test's tool ${name}.`,
    effect: "external",
    idempotent: facts.idempotent ?? true,
    timeoutMs: facts.timeoutMs ?? 10_000,
    args: z.strictObject({ text: z.string().default("") }),
    summary: ({ text }) => text,
    execute: ({ text }, context) => execute(text, context),
  });
}

/** Its effect is a line in a file, and must not happen twice. */
export const noteTool = (file: string): Tool<Tx> =>
  testTool(
    "note",
    async (text) => {
      appendFileSync(file, `${text}\n`);
      return { noted: text };
    },
    { idempotent: false },
  );

export const echoTool: Tool<Tx> = testTool("echo", async (text) => ({ echo: text }));

/** Looks again and again until something is true; fails with what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  patienceMs = 8000,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await wait(3);
  }
}

/** The run's row, once it has ended. */
export const ended = (store: Store, runId: string | null) =>
  until("the run's end", async () => {
    const run = await runRow(store.db, runId ?? "");
    return run.ended_at !== null && run;
  });

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
