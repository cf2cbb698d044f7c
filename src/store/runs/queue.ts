import { audienceOf, audiencesOf } from "../people/access.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import type { Actor, NewEvent } from "../../core/events.ts";
import type { Descent } from "./descent.ts";
import type { ChatRow, RunRow, TaskRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

interface NewRun {
  readonly chat: Pick<ChatRow, "id" | "owner_id">;
  readonly taskId: string | null;
  /** Of a task: whose work it is. */
  readonly whose?: string;
  readonly priority: number;
  /** Milliseconds; 0: at once. */
  readonly notBefore: number;
  readonly message: string;
  readonly purpose?: "compact";
  readonly actor?: Actor;
  /** What its task inherits from the run that adds it. */
  readonly from?: Descent | undefined;
}

/** Puts a run into the queue: its row and its `queued` event. The caller holds the chat's lock. */
export async function queueRun(tx: Tx, run: NewRun): Promise<string> {
  const id = tx.newId();
  const [event] = await tx.append(run.chat.id, [queuedEvent(id, run)]);
  await tx.db
    .insertInto("runs")
    .values(newRunRow(tx, id, run, event?.seq ?? 1))
    .execute();
  tx.wake();
  await announce(tx, run.chat, run.taskId);
  return id;
}

export function queuedEvent(id: string, run: Pick<NewRun, "taskId" | "message" | "actor" | "from">): NewEvent {
  return {
    type: "status",
    data: { state: "queued", message: run.message, ...(run.from !== undefined && { from: run.from }) },
    runId: id,
    taskId: run.taskId,
    step: null,
    actor: run.actor ?? SYSTEM_ACTOR,
  };
}

/** `firstSeq` is the place of its `queued` event. */
export function newRunRow(tx: Tx, id: string, run: NewRun, firstSeq: number): RunRow {
  return {
    id,
    chat_id: run.chat.id,
    task_id: run.taskId,
    whose: run.whose ?? null,
    state: "queued",
    priority: run.priority,
    attempt: 0,
    boot_id: null,
    lease_until: null,
    not_before: run.notBefore,
    wait_reason: null,
    retries: 0,
    warned: "",
    recoveries: 0,
    step: 0,
    read_seq: 0,
    first_seq: firstSeq,
    reason: null,
    stopped_by: null,
    lease_at: null,
    worked_ms: 0,
    input_tokens: 0,
    output_tokens: 0,
    cost_usd: null,
    cached_tokens: 0,
    fallback: 0,
    model: null,
    purpose: run.purpose ?? null,
    queued_at: tx.now,
    started_at: null,
    ended_at: null,
  };
}

/** Tells whoever may see the chat that lists with it, or with its task, have changed. */
export async function announce(tx: Tx, chat: Pick<ChatRow, "id" | "owner_id">, taskId: string | null): Promise<void> {
  const audience = await audienceOf(tx.db, chat);
  tx.changed("chats", audience, chat.id);
  if (taskId !== null) {
    const task = await tx.db.selectFrom("tasks").select("owner_id").where("id", "=", taskId).executeTakeFirst();
    tx.changed("tasks", [...new Set([...audience, ...(task ? [task.owner_id] : [])])], taskId);
  }
}

/** The same for many chats and their tasks, with one question to the database for all. */
export async function announceAll(
  tx: Tx,
  all: readonly { readonly chat: Pick<ChatRow, "id" | "owner_id">; readonly task: TaskRow | null }[],
): Promise<void> {
  const audiences = await audiencesOf(
    tx.db,
    all.map(({ chat }) => chat),
  );
  for (const { chat, task } of all) {
    const audience = audiences.get(chat.id) ?? [];
    tx.changed("chats", audience, chat.id);
    if (task !== null) tx.changed("tasks", [...new Set([...audience, task.owner_id])], task.id);
  }
}
