import type { Effort } from "../../core/effort.ts";
import { SparkyError } from "../../core/errors.ts";
import type { Json, NewEvent } from "../../core/events.ts";
import { attachFiles } from "../log/files.ts";
import { lockChatFor, taskFor } from "../people/access.ts";
import { AGENT_ID } from "../people/user.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import { chatEvent, createdEvent, newChatRow, titleFrom } from "../chats/chats.ts";
import { placeInQueue } from "../runs/at-once.ts";
import { announceAll, newRunRow, queuedEvent } from "../runs/queue.ts";
import type { Descent } from "../runs/descent.ts";
import type { ChatRow, TaskRow } from "../database/schema.ts";
import { madeOnce } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { together } from "../database/together.ts";
import { getTask, type Task, type TaskLimits } from "./read.ts";
import { runAtOf } from "./run-at.ts";
import type { User } from "../people/user.ts";

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
  /** Works on it, wherever that is; a chat that is made for it answers with it too. */
  readonly model?: string | undefined;
  readonly effort?: Effort | undefined;
  /** Files by their ids. */
  readonly attachments?: readonly string[] | undefined;
}

interface Delegated {
  readonly callId: string;
  readonly parentChat: string;
  /** Names of tools; undefined: all that the run has. */
  readonly tools: readonly string[] | undefined;
}

interface AddOptions {
  /** The name of the schedule that adds it: without a chat that exists, its task gets a new one, named so. */
  readonly schedule?: string;
  /** The run that adds it: what it inherits, and whose run that is, who sees and may change what becomes of it. */
  readonly from?: { readonly descent: Descent; readonly owner: User };
  /** The call that waits for it. It works as its run's owner, where those see it who see the chat of that run. */
  readonly delegated?: Delegated;
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
  const runAt = input.runAt === undefined ? null : runAtOf(input.runAt, tx.now);
  // The chat's lock before those of tasks, as where a task ends.
  const { chat, isNew } = await chatOf(tx, viewer, input, options);
  const waitsFor = await heldDependencies(tx, viewer, dependsOn);
  const open = waitsFor.filter((other) => other.status !== "completed").map((other) => other.id.slice(0, 8));
  const runId = open.length === 0 ? tx.newId() : null;
  const from = options.from?.descent;
  const owners = [viewer, ...(options.from === undefined ? [] : [options.from.owner])].map(({ id }) => id);
  const watchers = options.delegated === undefined ? [] : await watchersOf(tx, options.delegated.parentChat);
  const writes = new Map([...watchers, ...owners.map((id) => [id, 1] as const)]);
  writes.delete(chat.owner_id);
  const sharers = [...writes.keys()];
  const task: TaskRow = {
    id: tx.newId(),
    owner_id: viewer.id,
    chat_id: chat.id,
    instruction: input.instruction,
    status: runId === null ? "waiting" : "pending",
    priority: input.priority ?? 0,
    metadata: JSON.stringify(input.metadata ?? {}),
    limits: JSON.stringify(input.limits ?? {}),
    key: input.key ?? null,
    schedule: options.schedule ?? null,
    run_at: runAt,
    attempts: runId === null ? 0 : 1,
    run_id: runId,
    result: null,
    error: null,
    plan_done: 0,
    plan_total: 0,
    parent_run: from?.parentRun ?? null,
    root_run: from?.rootRun ?? null,
    depth: from?.depth ?? 0,
    parent_call: options.delegated?.callId ?? null,
    tools: options.delegated === undefined ? null : await toolsOf(tx, from?.parentRun ?? "", options.delegated.tools),
    told: 0,
    origins: from?.origins.join(" ") ?? null,
    attachments: null,
    model: input.model ?? null,
    effort: input.effort ?? null,
    message_seq: null,
    created_at: tx.now,
    started_at: null,
    finished_at: null,
    deleted_at: null,
  };
  const place = runId === null ? { message: "Queued" } : await placeInQueue(tx, chat, task, "Queued");
  const run = { chat, taskId: task.id, priority: task.priority, notBefore: runAt ?? 0, ...place, from };
  const events = [
    ...(isNew
      ? [createdEvent(viewer, chat), ...sharers.map((id) => chatEvent(viewer, { change: "shared", userId: id }))]
      : []),
    runId === null ? waitingEvent(task.id, open, from) : queuedEvent(runId, run),
  ];
  const deps = dependsOn.map((id) => ({ task_id: task.id, depends_on: id }));
  await together(
    tx,
    ...(isNew ? insertsOf(tx, writes, chat) : []),
    tx.db.insertInto("tasks").values(task),
    ...(deps.length > 0 ? [tx.db.insertInto("task_deps").values(deps)] : []),
    ...(runId === null ? [] : [tx.db.insertInto("runs").values(newRunRow(tx, runId, run, chat.head + events.length))]),
  );
  await attach(tx, viewer, task, input.attachments ?? []);
  await tx.append(chat.id, events);
  if (runId !== null) tx.wake();
  await announceAll(tx, [{ chat, task }]);
  return { id: task.id, chatId: chat.id, created: true };
}

/** They are the chat's from now on, which is there by now. One that it has already goes with the task too, as with a message. */
async function attach(tx: Tx, viewer: User, { id, chat_id }: TaskRow, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const attachments = JSON.stringify(await attachFiles(tx, viewer, chat_id, files, chat_id));
  await tx.db.updateTable("tasks").set({ attachments }).where("id", "=", id).execute();
}

/** What it waits for, held as it is until the task is there: else one that ends just now would never let it go. */
export async function heldDependencies(tx: Tx, viewer: User, ids: readonly string[]): Promise<readonly TaskRow[]> {
  if (ids.length === 0) return [];
  for (const id of ids) await taskFor(tx.db, viewer, "see", id);
  const tasks = await tx.db
    .selectFrom("tasks")
    .selectAll()
    .where("id", "in", ids)
    .orderBy("id")
    .$if(tx.kind === "postgres", (query) => query.forShare())
    .execute();
  const failed = tasks.find((task) => task.status === "failed" || task.status === "cancelled");
  if (failed === undefined) return tasks.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  throw new SparkyError("conflict", `task ${failed.id.slice(0, 8)}, which it would wait for, is ${failed.status}`, {
    hint: "retry that task first, or leave the dependency out",
  });
}

function waitingEvent(taskId: string, open: readonly string[], from: Descent | undefined): NewEvent {
  const message = `Queued: waits for task ${open.join(", ")}`;
  const data = { state: "queued", message, reason: "dependency", ...(from !== undefined && { from }) } as const;
  return { type: "status", data, runId: null, taskId, step: null, actor: SYSTEM_ACTOR };
}

async function chatOf(
  tx: Tx,
  viewer: User,
  input: NewTask,
  options: AddOptions,
): Promise<{ readonly chat: ChatRow; readonly isNew: boolean }> {
  if (input.chatId !== undefined) {
    return { chat: await lockChatFor(tx, viewer, "write", input.chatId), isNew: false };
  }
  const { delegated, from } = options;
  const chat = newChatRow(tx, {
    owner_id: delegated === undefined ? AGENT_ID : (from?.owner.id ?? AGENT_ID),
    title: options.schedule ?? titleFrom(input.instruction),
    titled_by: options.schedule === undefined ? "agent" : "person",
    origin: options.schedule === undefined ? "task" : "schedule",
    schedule: options.schedule ?? null,
    // A schedule's chat is there for its later tasks too.
    ...(options.schedule === undefined
      ? { model: input.model ?? null, effort: input.effort ?? null }
      : { model: null }),
    key: null,
  });
  return { chat, isNew: true };
}

/** Who reads the chat that delegates, and whether they may write there: so it is where that is done. */
async function watchersOf(tx: Tx, chatId: string): Promise<readonly (readonly [id: string, canWrite: number])[]> {
  const query = tx.db.selectFrom("chat_shares").select(["user_id", "can_write"]).where("chat_id", "=", chatId);
  return (await query.execute()).map(({ user_id, can_write }) => [user_id, can_write]);
}

/** What is delegated gets no tool that the run has not, however deep. */
async function toolsOf(tx: Tx, runId: string, own: readonly string[] | undefined): Promise<string | null> {
  const parent = await tx.db
    .selectFrom("tasks")
    .innerJoin("runs", "runs.task_id", "tasks.id")
    .select("tasks.tools")
    .where("runs.id", "=", runId)
    .executeTakeFirst();
  const inherited = parent?.tools == null ? [] : (JSON.parse(parent.tools) as string[][]);
  const lists = [...inherited, ...(own === undefined ? [] : [own])];
  return lists.length === 0 ? null : JSON.stringify(lists);
}

/** The author, and the owner of a run that adds it, may watch and write where the task works. */
function insertsOf(tx: Tx, writes: ReadonlyMap<string, number>, chat: ChatRow) {
  return [
    tx.db.insertInto("chats").values(chat),
    ...[...writes].map(([id, can_write]) =>
      tx.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: id, can_write }),
    ),
  ];
}
