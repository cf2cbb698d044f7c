import type { ModelMessage } from "ai";
import type { Effort } from "../core/effort.ts";
import type { Json } from "../core/events.ts";
import { notFound, SparkyError } from "../core/errors.ts";
import type { Model, ToolSpec } from "../models/model.ts";
import { costOf } from "../models/price.ts";
import { estimateTokens } from "../models/tokens.ts";
import type { ChatRow, StepRow } from "../store/database/schema.ts";
import type { Store } from "../store/database/store.ts";
import { decodeAll, eventsOf } from "../store/log/events.ts";
import { chatFor } from "../store/people/access.ts";
import type { User } from "../store/people/user.ts";
import { getUser } from "../store/people/users.ts";
import { digestOf, sentRequest } from "../store/runs/requests.ts";
import { runRow } from "../store/runs/run.ts";
import type { Registry } from "../tools/registry.ts";
import { SKILL_READ, type Principal } from "../tools/tool.ts";
import { principalOf } from "./calls.ts";
import type { WorkDeps } from "./deps.ts";
import { tokensOf } from "./fit.ts";
import { RunLog } from "./log.ts";
import { contextOf, requestFor, scopeOf } from "./request.ts";

/** What a model was given for a step, or would be given if an answer began now: for whose chat it is. */

export interface ShownContext {
  readonly chatId: string;
  /** null: nothing was sent. */
  readonly runId: string | null;
  readonly step: number | null;
  readonly model: string;
  readonly effort: Effort | null;
  readonly instructions: string;
  readonly tools: readonly (Pick<ToolSpec, "name" | "description" | "parameters"> & { readonly tokens: number })[];
  readonly messages: readonly { readonly role: string; readonly content: Json; readonly tokens: number }[];
  readonly tokens: {
    readonly instructions: number;
    readonly tools: number;
    readonly messages: number;
    readonly total: number;
  };
  readonly leftOut: number;
  readonly costUsd: number | null;
  readonly asSent: boolean | null;
}

export interface ShownDeps extends Pick<WorkDeps, "store" | "timeZone" | "windows" | "modelFor" | "effort"> {
  /** The tools and the word on skills of a run that began now. */
  toolsNow(model: Model, principal: Principal): Promise<Registry<never>>;
  skillsNow(principal: Principal): Promise<string>;
}

/** `at.step`: of the run, else of the newest that has it; without one, what an answer would begin with. */
export async function shownContext(
  deps: ShownDeps,
  viewer: User,
  chatId: string,
  at: { readonly runId?: string | undefined; readonly step?: number | undefined },
): Promise<ShownContext> {
  const chat = await chatFor(deps.store.db, viewer, "context", chatId);
  return at.runId === undefined && at.step === undefined ? next(deps, chat) : sent(deps, chat, at);
}

async function next(deps: ShownDeps, chat: ChatRow): Promise<ShownContext> {
  const { store } = deps;
  const owner = await getUser(store, chat.owner_id);
  const principal = principalOf(owner ?? { id: chat.owner_id, name: "unknown" });
  const model = deps.modelFor(chat.model);
  await deps.windows.ask(model);
  const registry = await deps.toolsNow(model, principal);
  const skills = registry.get(SKILL_READ) === undefined ? "" : await deps.skillsNow(principal);
  const run = { id: "", chat_id: chat.id, task_id: null, first_seq: chat.head + 1 };
  const reading = { run, chat, task: null };
  const log = new RunLog(store, reading, scopeOf(reading));
  await log.read();
  if (log.hasOlder) await log.readOlder();
  const request = await requestFor({ ...deps, registry, skills }, reading, log, { model, principal });
  return {
    ...{ chatId: chat.id, runId: null, step: null, model: model.id, effort: effortFor(deps, chat, model) },
    ...parts(request.instructions, registry.specs(), request.messages, model),
    ...{ leftOut: request.leftOut, asSent: null },
  };
}

async function sent(
  deps: ShownDeps,
  chat: ChatRow,
  at: { readonly runId?: string | undefined; readonly step?: number | undefined },
): Promise<ShownContext> {
  const { store } = deps;
  const row = await stepOf(store, chat.id, at);
  const request = await sentRequest(store.db, row);
  if (request === null) {
    throw new SparkyError("conflict", "what this step was given was not kept: an older version of Sparky made it", {
      hint: "ask for a later step, or for none to see what comes next",
    });
  }
  const run = await runRow(store.db, row.run_id);
  const task =
    run.task_id === null
      ? null
      : await store.db.selectFrom("tasks").selectAll().where("id", "=", run.task_id).executeTakeFirst();
  const reading = { run, chat, task: task ?? null };
  const log = new RunLog(store, reading, scopeOf(reading), { upTo: row.read_seq });
  await log.read();
  const { provider, model: id } = row;
  const { budget, takesImages } = request;
  const reader = { provider, model: id, takesImages };
  let context = await contextOf(store, reading, log, { reader, budget });
  const isAsSent = (): boolean => digestOf(JSON.stringify(context.messages)) === request.digest;
  // The run may have read on into the past, to sum it up, and have had room for it all.
  if (!isAsSent() && (await log.readOlder())) context = await contextOf(store, reading, log, { reader, budget });
  const tools = JSON.parse(request.tools) as readonly ToolSpec[];
  return {
    ...{ chatId: chat.id, runId: row.run_id, step: row.step, model: id, effort: await effortOf(store, row) },
    ...parts(request.instructions, tools, context.messages, priceOf(deps, id)),
    leftOut: context.leftOut,
    asSent: isAsSent(),
  };
}

function effortFor(deps: ShownDeps, chat: ChatRow, model: Model): Effort | null {
  const effort = model.mayThink === false ? null : (chat.effort ?? deps.effort?.() ?? null);
  return effort === "provider-default" ? null : effort;
}

/** With which one a step was asked: its usage comes soon behind what it has read. */
async function effortOf({ db }: Store, { chat_id, run_id, step, read_seq }: StepRow): Promise<Effort | null> {
  const rows = await eventsOf(db, chat_id, { from: read_seq, types: ["usage"] })
    .limit(10)
    .execute();
  const own = decodeAll(chat_id, rows).find((event) => event.runId === run_id && event.step === step);
  return own?.type === "usage" ? (own.data.effort ?? null) : null;
}

async function stepOf(
  { db }: Store,
  chatId: string,
  { runId, step }: { readonly runId?: string | undefined; readonly step?: number | undefined },
): Promise<StepRow> {
  const row = await db
    .selectFrom("steps")
    .selectAll()
    .where("chat_id", "=", chatId)
    .$if(runId !== undefined, (query) => query.where("run_id", "=", runId ?? ""))
    .$if(step !== undefined, (query) => query.where("step", "=", step ?? 0))
    .orderBy("read_seq", "desc")
    .orderBy("step", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) return row;
  const of = runId === undefined ? "this chat" : `run ${JSON.stringify(runId)} in this chat`;
  throw notFound(step === undefined ? `a step of ${of}` : `step ${step} of ${of}`);
}

/** The price of today; the model may be reached no more. */
function priceOf({ modelFor }: ShownDeps, id: string): Pick<Model, "price"> {
  try {
    return modelFor(id);
  } catch {
    return { price: null };
  }
}

function parts(
  instructions: string,
  specs: readonly Pick<ToolSpec, "name" | "description" | "parameters">[],
  said: readonly ModelMessage[],
  { price }: Pick<Model, "price">,
) {
  const tools = specs.map(({ name, description, parameters }) => {
    const tool = { name, description, parameters };
    return { ...tool, tokens: estimateTokens(JSON.stringify(tool)) };
  });
  const messages = said.map((message) => ({
    role: message.role,
    content: JSON.parse(JSON.stringify(message.content)) as Json,
    tokens: tokensOf([message]),
  }));
  const sum = (items: readonly { readonly tokens: number }[]): number =>
    items.reduce((all, { tokens }) => all + tokens, 0);
  const [ofText, ofTools, ofMessages] = [estimateTokens(instructions), sum(tools), sum(messages)];
  const total = ofText + ofTools + ofMessages;
  const costUsd = price === null ? null : costOf(price, { inputTokens: total, outputTokens: 0 });
  return {
    instructions,
    tools,
    messages,
    costUsd,
    tokens: { instructions: ofText, tools: ofTools, messages: ofMessages, total },
  };
}
