import { estimateTokens } from "../models/tokens.ts";
import type { Model } from "../models/model.ts";
import type { Store } from "../store/database/store.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { Principal } from "../tools/tool.ts";
import { readTexts, tellFiles } from "./attachments.ts";
import { buildContext, type Context } from "./context.ts";
import type { AgentDeps } from "./deps.ts";
import type { Reading, RunLog } from "./log.ts";
import { instructionsFor } from "./prompt.ts";
import type { Window } from "./window.ts";

/** What a step that starts now is given. */
export interface Request extends Context {
  readonly instructions: string;
  readonly window: Window;
  /** Tokens that the conversation may take, that the instructions take, and the tools. */
  readonly budget: number;
  readonly system: number;
  readonly tools: number;
  /** About how many tokens it takes in all. */
  readonly estimate: number;
}

export interface Reader {
  readonly provider: string;
  readonly model: string;
  readonly takesImages: boolean;
}

/** A task in a chat of its own, or in its schedule's, is not given the whole chat. */
export function scopeOf({ task, chat }: Pick<Claimed, "chat"> & Pick<Reading, "task">): "chat" | "task" {
  return task === null || chat.origin === "user" ? "chat" : "task";
}

export async function requestFor(
  deps: Pick<AgentDeps, "store" | "registry" | "timeZone" | "skills" | "windows">,
  claimed: Pick<Claimed, "chat" | "task"> & Reading,
  log: RunLog,
  { model, principal }: { readonly model: Model; readonly principal: Principal },
): Promise<Request> {
  const { store, registry, timeZone, skills } = deps;
  const { task } = claimed;
  const instructions = instructionsFor({
    principal,
    task: task === null ? null : { schedule: task.schedule },
    timeZone,
    hasTools: registry.list().length > 0,
    skills,
  });
  const window = deps.windows.of(model);
  const system = estimateTokens(instructions);
  const tools = registry.list().length === 0 ? 0 : tokensOfTools(registry);
  const budget = window.room(system + tools);
  const reader = { provider: model.provider, model: model.id, takesImages: model.takesImages === true };
  const context = await contextOf(store, claimed, log, { reader, budget });
  const estimate = system + tools + context.tokens;
  return { instructions, window, budget, system, tools, estimate, ...context };
}

/** A run has the same tools at each of its steps. */
const counted = new WeakMap<AgentDeps["registry"], number>();

function tokensOfTools(registry: AgentDeps["registry"]): number {
  const known = counted.get(registry) ?? estimateTokens(registry.specsJson());
  counted.set(registry, known);
  return known;
}

/** What of the log is told to whom. */
export async function contextOf(
  store: Store,
  claimed: Pick<Claimed, "chat"> & Reading,
  log: RunLog,
  { reader, budget }: { readonly reader: Reader; readonly budget: number },
): Promise<Context> {
  const { run } = claimed;
  const texts = await readTexts(store, run.chat_id, log.files, log.texts);
  const input = {
    events: log.events,
    steps: log.steps,
    recalled: await log.recalled(),
    forgotten: await log.forgotten(),
    files: tellFiles({ files: log.files, texts, takesImages: reader.takesImages }),
    summary: log.summary,
    run: { id: run.id, taskId: run.task_id },
    scope: scopeOf(claimed),
    reader,
    budget,
  };
  return buildContext(input, log.telling);
}
