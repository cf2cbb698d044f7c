import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { WorkDeps } from "../../src/agent/deps.ts";
import { KeptLogs } from "../../src/agent/kept-logs.ts";
import { Windows } from "../../src/agent/window.ts";
import type { Json } from "../../src/core/events.ts";
import type { Model } from "../../src/models/model.ts";
import { runRow } from "../../src/store/runs/run.ts";
import type { Store, Tx } from "../../src/store/database/store.ts";
import { fileTools } from "../../src/tools/files/tools.ts";
import { generalTools } from "../../src/tools/general.ts";
import { createRegistry } from "../../src/tools/registry.ts";
import { defineTool, type Tool, type ToolContext } from "../../src/tools/tool.ts";

// What a worker of the tests is made of; usable outside of the test runner too, in processes that a test kills.

export interface AgentOptions {
  readonly model: Model;
  /** Instead of `model`, where chats choose theirs. */
  readonly modelFor?: WorkDeps["modelFor"];
  readonly fallbacks?: WorkDeps["fallbacks"];
  readonly effort?: WorkDeps["effort"];
  readonly tools?: readonly Tool<Tx>[];
  /** Instead of `tools`, where each run has its own. */
  readonly toolsFor?: WorkDeps["toolsFor"];
  readonly skillsFor?: WorkDeps["skillsFor"];
  readonly leftRun?: WorkDeps["leftRun"];
  readonly resources?: WorkDeps["resources"];
  /** Brings in what is known before each run; not, when left out. */
  readonly recall?: boolean;
  readonly tasks?: boolean;
  readonly workspaces?: string;
  readonly pollMs?: number;
  readonly concurrency?: number;
}

export function agentDeps(store: Store, options: AgentOptions, errors: unknown[] = []): WorkDeps {
  const registry = createRegistry<Tx>([...generalTools, ...fileTools([]), ...(options.tools ?? [])]);
  return {
    store,
    toolsFor: options.toolsFor ?? (() => Promise.resolve(registry)),
    skillsFor: options.skillsFor ?? (() => Promise.resolve("")),
    ...(options.leftRun !== undefined && { leftRun: options.leftRun }),
    ...(options.resources !== undefined && { resources: options.resources }),
    ...(options.recall !== undefined && { recall: options.recall }),
    modelFor: options.modelFor ?? (() => options.model),
    ...(options.fallbacks !== undefined && { fallbacks: options.fallbacks }),
    ...(options.effort !== undefined && { effort: options.effort }),
    windows: new Windows(),
    logs: new KeptLogs(store.clock),
    workspaces: options.workspaces ?? "/nonexistent",
    timeZone: "UTC",
    chance: () => 0,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: (fields) => void errors.push(fields) },
  };
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
  patienceMs = 60_000,
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
