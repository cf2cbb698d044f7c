import { sql, type ExpressionBuilder } from "kysely";
import type { ChatEvent, NewEvent, EventOf } from "../../core/events.ts";
import { piece, shorten, soundValue } from "../../core/text.ts";
import { byAgent } from "../people/actors.ts";
import { MAX_BLOB, MAX_INLINE, PREVIEW, writeBlob, type NewBlob } from "../log/blobs.ts";
import { announce } from "./queue.ts";
import type { Claimed } from "./claim.ts";
import { keepRequest, type SentRequest } from "./requests.ts";
import { addSpent } from "./spent.ts";
import { whoseWork } from "./whose.ts";
import type { Schema } from "../database/schema.ts";
import type { Fence, Store, Tx } from "../database/store.ts";

/** What a working run writes, every write behind its fence. */

export interface StepRecord {
  readonly step: number;
  /** The last `seq` in the context that the model was given. */
  readonly readSeq: number;
  readonly provider: string;
  readonly model: string;
  /** The provider's own messages as JSON. */
  readonly messages: string;
  /** What the model was given. */
  readonly request: SentRequest;
  readonly events: readonly NewEvent[];
  /** What was too big for an event, which names it. */
  readonly blobs?: readonly NewBlob[];
  readonly usage: EventOf<"usage">["data"];
}

export function fenceOf(claimed: Pick<Claimed, "run" | "lease">): Fence {
  return { runId: claimed.run.id, lease: claimed.lease };
}

/** One model step: its events, the provider's messages and the run's counters, or nothing of it. */
export async function recordStep(store: Store, claimed: Claimed, record: StepRecord): Promise<readonly ChatEvent[]> {
  const { run } = claimed;
  return store.transact(async (tx) => {
    const events = await tx.append(run.chat_id, record.events, fenceOf(claimed));
    const request = await keepRequest(tx, store.secrets, record.request);
    await tx.db
      .insertInto("steps")
      .values({
        run_id: run.id,
        step: record.step,
        chat_id: run.chat_id,
        provider: record.provider,
        model: record.model,
        read_seq: record.readSeq,
        messages: store.secrets.json(record.messages),
        request,
        at: tx.now,
      })
      .execute();
    for (const blob of record.blobs ?? []) await writeBlob(tx, run.chat_id, blob);
    const { usage } = record;
    await tx.db
      .updateTable("runs")
      .set((eb) => ({
        step: record.step,
        // A stop that came first has counted everything as read.
        read_seq: sql<number>`CASE WHEN read_seq > ${record.readSeq} THEN read_seq ELSE ${record.readSeq} END`,
        retries: 0,
        model: record.model,
        ...addedUsage(eb, usage),
      }))
      .where("id", "=", run.id)
      .execute();
    await spend(tx, claimed, usage);
    await tx.db.deleteFrom("parts").where("run_id", "=", run.id).execute();
    await announce(tx, claimed.chat, run.task_id);
    return events;
  });
}

/**
 * Tokens of calls that gave no step, so that limits count them: their `usage` events belong to none. In the transaction by which
 * the run leaves its worker: counted once, however often that is tried.
 */
export async function recordSpent(tx: Tx, claimed: Claimed, usages: readonly StepRecord["usage"][]): Promise<void> {
  if (usages.length === 0) return;
  const { run } = claimed;
  const by = byAgent(run, null);
  const events = usages.map((data): NewEvent => ({ type: "usage", data, ...by }));
  await tx.append(run.chat_id, events, fenceOf(claimed));
  for (const usage of usages) await addUsage(tx, claimed, usage);
}

/** Of calls whose run is no longer their worker's, as where its chat was deleted: they are in no log, and limits count them. */
export async function countSpent(
  tx: Tx,
  { chat, task }: Pick<Claimed, "chat" | "task">,
  usages: readonly StepRecord["usage"][],
): Promise<void> {
  if (usages.length === 0) return;
  const userId = await whoseWork(tx.db, chat, task ?? undefined);
  for (const { inputTokens, outputTokens, costUsd = 0 } of usages) {
    const spent = { requests: 1, tokens: inputTokens + outputTokens, dollars: costUsd };
    // Last: of a person's runs at work each waits only for another's commit.
    tx.last(() => addSpent(tx.db, userId, tx.now, spent));
  }
}

/** Of a call that is no step of the run: in the transaction of its `usage` event. */
export async function addUsage(tx: Tx, claimed: Claimed, usage: StepRecord["usage"]): Promise<void> {
  await tx.db
    .updateTable("runs")
    .set((eb) => ({ model: usage.model, ...addedUsage(eb, usage) }))
    .where("id", "=", claimed.run.id)
    .execute();
  await spend(tx, claimed, usage);
}

function addedUsage(eb: ExpressionBuilder<Schema, "runs">, usage: StepRecord["usage"]) {
  return {
    input_tokens: eb("input_tokens", "+", usage.inputTokens),
    output_tokens: eb("output_tokens", "+", usage.outputTokens),
    cached_tokens: eb("cached_tokens", "+", usage.cachedTokens ?? 0),
    ...(usage.costUsd !== undefined && { cost_usd: sql<number>`coalesce(cost_usd, 0) + ${usage.costUsd}` }),
  };
}

/** The chat's sum over all of its runs, and what was spent in the name of whose work it is. */
async function spend(tx: Tx, claimed: Claimed, usage: StepRecord["usage"]): Promise<void> {
  const { inputTokens, outputTokens, costUsd } = usage;
  await tx.db
    .insertInto("chat_spent")
    .values({
      chat_id: claimed.chat.id,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      cost_usd: costUsd ?? null,
    })
    .onConflict((conflict) =>
      conflict.column("chat_id").doUpdateSet((eb) => ({
        input_tokens: eb("chat_spent.input_tokens", "+", inputTokens),
        output_tokens: eb("chat_spent.output_tokens", "+", outputTokens),
        ...(costUsd !== undefined && { cost_usd: sql<number>`coalesce(chat_spent.cost_usd, 0) + ${costUsd}` }),
      })),
    )
    .execute();
  await countSpent(tx, claimed, [usage]);
}

export type CallOutcome =
  | { readonly ok: true; readonly result: NonNullable<EventOf<"tool_result">["data"]["result"]> | null }
  | { readonly ok: false; readonly error: string; readonly interrupted?: true };

export interface FinishedCall {
  readonly callId: string;
  readonly name: string;
  readonly step: number;
  readonly durationMs: number;
  readonly outcome: CallOutcome;
}

/** The result's event; what is too big for it goes into a blob in the same transaction. */
export async function appendResult(
  tx: Tx,
  claimed: Claimed,
  call: FinishedCall,
  before: readonly NewEvent[],
): Promise<void> {
  const { run } = claimed;
  const { callId, name, durationMs, outcome } = call;
  const base = { callId, name, durationMs };
  const by = byAgent(run, call.step);
  let data: EventOf<"tool_result">["data"];
  if (outcome.ok) {
    // A tool that gave nothing back has succeeded with nothing.
    const result = soundValue(outcome.result ?? null);
    const json = JSON.stringify(result);
    const size = Buffer.byteLength(json);
    if (size > MAX_BLOB) {
      const error = `the result has ${size} bytes, more than the ${MAX_BLOB} that are kept: ask for less`;
      data = { ...base, ok: false, error, size };
    } else if (size > MAX_INLINE) {
      const blob = tx.newId();
      await writeBlob(tx, run.chat_id, { id: blob, json });
      data = { ...base, ok: true, result: piece(json, 0, PREVIEW), size, blob };
    } else {
      data = { ...base, ok: true, result, size };
    }
  } else {
    const { interrupted } = outcome;
    const size = Buffer.byteLength(outcome.error);
    const error = size > MAX_INLINE ? `${shorten(outcome.error, PREVIEW)} [cut]` : outcome.error;
    data = { ...base, ok: false, error, size, ...(interrupted && { interrupted }) };
  }
  await tx.append(run.chat_id, [...before, { type: "tool_result", data, ...by }], fenceOf(claimed));
  for (const event of before) {
    if (event.type === "plan" && run.task_id !== null) {
      const plan_done = event.data.items.filter((item) => item.status === "done").length;
      const plan = { plan_done, plan_total: event.data.items.length };
      await tx.db.updateTable("tasks").set(plan).where("id", "=", run.task_id).execute();
    }
  }
  await announce(tx, claimed.chat, run.task_id);
}

export interface Checkpoint {
  readonly part: string;
  readonly ord: number;
  readonly kind: "message" | "thought";
  readonly text: string;
}

/** Keeps what has been shown of open parts. Refused, with no effect, once the run is another lease's. */
export async function checkpoint(store: Store, claimed: Claimed, parts: readonly Checkpoint[]): Promise<boolean> {
  return store.transact(async (tx) => {
    const { db, kind } = tx;
    const held = await db
      .selectFrom("chats")
      .select("id")
      .where("id", "=", claimed.run.chat_id)
      .where("run_id", "=", claimed.run.id)
      .where("run_lease", "=", claimed.lease)
      .$if(kind === "postgres", (query) => query.forNoKeyUpdate())
      .executeTakeFirst();
    if (held === undefined) return false;
    for (const { part, ord, kind: partKind, text } of parts) {
      await db
        .insertInto("parts")
        .values({ run_id: claimed.run.id, part, ord, lease: claimed.lease, kind: partKind, text })
        .onConflict((oc) => oc.columns(["run_id", "part"]).doUpdateSet({ text }))
        .execute();
    }
    tx.after(() => store.hub.checkpointed(claimed.run.chat_id));
    return true;
  });
}
