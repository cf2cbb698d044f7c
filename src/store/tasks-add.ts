import { notFound, SparkyError } from "../core/errors.ts";
import type { Json } from "../core/events.ts";
import { lockChat, writableChat } from "./access.ts";
import { AGENT_ID } from "./user.ts";
import { SYSTEM_ACTOR } from "./actors.ts";
import { chatEvent, insertChat, titleFrom } from "./chats.ts";
import { announce } from "./runs-queue.ts";
import type { ChatRow, TaskRow } from "./schema.ts";
import { madeOnce } from "./sql.ts";
import type { Store, Tx } from "./store.ts";
import { releaseWhenReady } from "./tasks-end.ts";
import { getTask, visibleTask, type Task, type TaskLimits } from "./tasks.ts";
import type { User } from "./user.ts";

export interface NewTask {
  readonly instruction: string;
  readonly chatId?: string | undefined;
  readonly metadata?: { readonly [key: string]: Json } | undefined;
  readonly priority?: number | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  /** ISO 8601. */
  readonly runAt?: string | undefined;
  readonly key?: string | undefined;
  readonly limits?: TaskLimits | undefined;
}

interface AddOptions {
  /** The name of the schedule that adds it: without a chat that exists, its task gets a new one, named so. */
  readonly schedule?: string;
}

/**
 * Adds a task: the task, its chat, its run and the `queued` event are one transaction. The caller's task with the same
 * `key` is the same task. Without a chat it gets one of `agent`'s, shared with its author.
 */
export async function addTask(
  store: Store,
  viewer: User,
  input: NewTask,
  options: AddOptions = {},
): Promise<{ readonly task: Task; readonly created: boolean }> {
  const made = await madeOnce(() => store.transact((tx) => addTaskIn(tx, viewer, input, options)));
  return { task: await getTask(store, viewer, made.id), created: made.created };
}

/** The same within a transaction: how a run adds tasks. */
export async function addTaskIn(
  tx: Tx,
  viewer: User,
  input: NewTask,
  options: AddOptions = {},
): Promise<{ readonly id: string; readonly chatId: string; readonly created: boolean }> {
  if (input.key !== undefined) {
    const known = await tx.db
      .selectFrom("tasks")
      .select(["id", "instruction", "chat_id"])
      .where("owner_id", "=", viewer.id)
      .where("key", "=", input.key)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (known !== undefined) return { id: known.id, chatId: known.chat_id, created: false };
  }
  const dependsOn = [...new Set(input.dependsOn ?? [])];
  const waitsFor = await Promise.all(dependsOn.map((id) => visibleTask(tx.db, viewer, id)));
  const failed = waitsFor.find((task) => task.status === "failed" || task.status === "cancelled");
  if (failed !== undefined) {
    throw new SparkyError("conflict", `task ${failed.id.slice(0, 8)}, which it would wait for, is ${failed.status}`, {
      hint: "retry that task first, or leave the dependency out",
    });
  }
  const runAt = input.runAt === undefined ? null : Date.parse(input.runAt);
  const chat = await chatFor(tx, viewer, input, options);
  const task: TaskRow = {
    id: tx.newId(),
    owner_id: viewer.id,
    chat_id: chat.id,
    instruction: input.instruction,
    status: "waiting",
    priority: input.priority ?? 0,
    metadata: JSON.stringify(input.metadata ?? {}),
    limits: JSON.stringify(input.limits ?? {}),
    key: input.key ?? null,
    schedule: options.schedule ?? null,
    run_at: runAt,
    attempts: 0,
    run_id: null,
    result: null,
    error: null,
    plan_done: 0,
    plan_total: 0,
    message_seq: null,
    created_at: tx.now,
    started_at: null,
    finished_at: null,
    deleted_at: null,
  };
  await tx.db.insertInto("tasks").values(task).execute();
  if (dependsOn.length > 0) {
    await tx.db
      .insertInto("task_deps")
      .values(dependsOn.map((id) => ({ task_id: task.id, depends_on: id })))
      .execute();
  }
  if (waitsFor.every((other) => other.status === "completed")) {
    await releaseWhenReady(tx, task);
  } else {
    const names = waitsFor.filter((other) => other.status !== "completed").map((other) => other.id.slice(0, 8));
    const message = `Queued: waits for task ${names.join(", ")}`;
    const data = { state: "queued", message, reason: "dependency" } as const;
    await tx.append(chat.id, [{ type: "status", data, runId: null, taskId: task.id, step: null, actor: SYSTEM_ACTOR }]);
    await announce(tx, chat, task.id);
  }
  return { id: task.id, chatId: chat.id, created: true };
}

async function chatFor(tx: Tx, viewer: User, input: NewTask, options: AddOptions): Promise<ChatRow> {
  if (input.chatId !== undefined) {
    const chat = await writableChat(tx.db, viewer, input.chatId);
    return lockChat(tx, chat.id);
  }
  const agent = await tx.db
    .selectFrom("user")
    .select(["id", "name", "role"])
    .where("id", "=", AGENT_ID)
    .executeTakeFirst();
  if (agent === undefined) throw notFound("the account `agent`");
  const chat = await insertChat(tx, viewer, {
    owner_id: AGENT_ID,
    title: options.schedule ?? titleFrom(input.instruction),
    titled_by: options.schedule === undefined ? "agent" : "person",
    origin: options.schedule === undefined ? "task" : "schedule",
    schedule: options.schedule ?? null,
    model: null,
    key: null,
  });
  await shareWith(tx, viewer, chat);
  return chat;
}

/** The author may watch and write where the task works. */
async function shareWith(tx: Tx, viewer: User, chat: ChatRow): Promise<void> {
  if (viewer.id === chat.owner_id) return;
  const added = await tx.db
    .insertInto("chat_shares")
    .values({ chat_id: chat.id, user_id: viewer.id, can_write: 1 })
    .onConflict((oc) => oc.doNothing())
    .returning("user_id")
    .execute();
  if (added.length > 0) await tx.append(chat.id, [chatEvent(viewer, { change: "shared", userId: viewer.id })]);
}
