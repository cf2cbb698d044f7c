import { audit } from "../audit/audit.ts";
import { sql } from "kysely";
import type { Effort } from "../../core/effort.ts";
import { SparkyError } from "../../core/errors.ts";
import { isEnded } from "../../core/run-state.ts";
import { chatEvent } from "../chats/chats.ts";
import { lockChat, taskFor } from "../people/access.ts";
import { AGENT_ID } from "../people/user.ts";
import { userActor } from "../people/actors.ts";
import { cancelChat } from "../endings/chat.ts";
import { announce } from "../runs/queue.ts";
import type { ChatRow, RunRow, TaskRow } from "../database/schema.ts";
import { stopIn, type StopOutcome } from "../endings/stop.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import { heldDependencies, type NewTask } from "./add.ts";
import { endTask, queueTaskRun, releaseWhenReady } from "../endings/task.ts";
import { getTask, type Task } from "./read.ts";
import { runAtOf } from "./run-at.ts";
import type { User } from "../people/user.ts";

export type TaskPatch = Omit<NewTask, "instruction" | "chatId" | "key" | "runAt" | "model" | "effort"> & {
  readonly instruction?: string | undefined;
  /** null: none of its own. */
  readonly model?: string | null | undefined;
  readonly effort?: Effort | null | undefined;
  readonly runAt?: string | null | undefined;
};

/** Changes a task: what it is to do only until it starts, its metadata always, its status never. */
export async function patchTask(store: Store, viewer: User, taskId: string, patch: TaskPatch): Promise<Task> {
  await store.transact(async (tx) => {
    const task = await changeable(tx, viewer, taskId);
    const { metadata, ...rest } = patch;
    const changesWork = Object.values(rest).some((value) => value !== undefined);
    const fresh = task.status === "pending" || (task.status === "waiting" && task.started_at === null);
    if (changesWork && (!fresh || task.message_seq !== null)) {
      throw new SparkyError("conflict", `the task is ${task.status}: only its metadata can change now`, {
        hint: "add a new task instead",
      });
    }
    const runAt = changedRunAt(task.run_at, patch.runAt, tx.now);
    await tx.db
      .updateTable("tasks")
      .set({
        ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
        ...(patch.instruction !== undefined && { instruction: patch.instruction }),
        ...(patch.priority !== undefined && { priority: patch.priority }),
        ...(patch.limits !== undefined && { limits: JSON.stringify(patch.limits) }),
        ...(patch.model !== undefined && { model: patch.model }),
        ...(patch.effort !== undefined && { effort: patch.effort }),
        run_at: runAt,
      })
      .where("id", "=", taskId)
      .execute();
    await tx.db
      .updateTable("runs")
      .set({ not_before: runAt ?? 0, priority: patch.priority ?? task.priority })
      .where("task_id", "=", taskId)
      .where("state", "=", "queued")
      .execute();
    if (patch.dependsOn !== undefined) await replaceDependencies(tx, viewer, task, patch.dependsOn);
    tx.wake();
    const chat = await lockChat(tx, task.chat_id);
    if (chat.origin === "task") await changeOwnChat(tx, viewer, chat, task, patch);
    await announce(tx, chat, taskId);
  });
  return getTask(store, viewer, taskId);
}

/** The chat that was made for a task answers as the task does, until somebody chooses otherwise there. */
async function changeOwnChat(tx: Tx, viewer: User, chat: ChatRow, task: TaskRow, patch: TaskPatch): Promise<void> {
  const { model, effort } = patch;
  const set = {
    ...(model !== undefined && chat.model === task.model && model !== chat.model && { model }),
    ...(effort !== undefined && chat.effort === task.effort && effort !== chat.effort && { effort }),
  };
  const events = [
    ...(set.model === undefined ? [] : [chatEvent(viewer, { change: "model", model: set.model ?? "" })]),
    ...(set.effort === undefined ? [] : [chatEvent(viewer, { change: "effort", effort: set.effort ?? "" })]),
  ];
  if (events.length === 0) return;
  await tx.append(chat.id, events);
  await tx.db.updateTable("chats").set(set).where("id", "=", chat.id).execute();
}

/** What is said again stays, though its time has come meanwhile. */
function changedRunAt(before: number | null, given: string | null | undefined, now: number): number | null {
  if (given === undefined || given === null) return given === undefined ? before : null;
  return Date.parse(given) === before ? before : runAtOf(given, now);
}

/** Any number that nobody else uses as an advisory lock. */
const DEPENDENCIES_LOCK = 4_715_005;

async function replaceDependencies(tx: Tx, viewer: User, task: TaskRow, dependsOn: readonly string[]): Promise<void> {
  if (task.run_id !== null) {
    throw new SparkyError("conflict", "the task is queued already: its dependencies can no longer change");
  }
  // One change at a time: two that each see no circle could make one together.
  if (tx.kind === "postgres") await sql`SELECT pg_advisory_xact_lock(${DEPENDENCIES_LOCK})`.execute(tx.db);
  await heldDependencies(tx, viewer, dependsOn);
  for (const id of dependsOn) {
    if (await leadsTo(tx, id, task.id)) {
      throw new SparkyError("invalid_input", `dependsOn: task ${id.slice(0, 8)} waits for this one: that is a cycle`);
    }
  }
  await tx.db.deleteFrom("task_deps").where("task_id", "=", task.id).execute();
  for (const id of new Set(dependsOn)) {
    await tx.db.insertInto("task_deps").values({ task_id: task.id, depends_on: id }).execute();
  }
  const changed = await tx.db.selectFrom("tasks").selectAll().where("id", "=", task.id).executeTakeFirstOrThrow();
  await releaseWhenReady(tx, changed);
}

async function leadsTo(tx: Tx, from: string, to: string): Promise<boolean> {
  const seen = new Set<string>();
  let front = [from];
  while (front.length > 0) {
    if (front.includes(to)) return true;
    for (const id of front) seen.add(id);
    const next = await tx.db.selectFrom("task_deps").select("depends_on as id").where("task_id", "in", front).execute();
    front = next.map((row) => row.id).filter((id) => !seen.has(id));
  }
  return false;
}

/** Stops the task's run, or ends the task where no run exists yet. */
export async function cancelTask(store: Store, viewer: User, taskId: string): Promise<StopOutcome> {
  return store.transact(async (tx) => {
    const task = await changeable(tx, viewer, taskId);
    if (isEnded(task.status)) {
      throw new SparkyError("conflict", `the task is ${task.status} already`);
    }
    return cancelIn(store, tx, viewer, task);
  }, PROMPTLY);
}

/** The same inside a transaction; whoever may change the task is the caller's to know. */
export async function cancelIn(store: Store, tx: Tx, viewer: User, task: TaskRow): Promise<StopOutcome> {
  const chat = await lockChat(tx, task.chat_id);
  const run = task.run_id === null ? undefined : await runOf(tx, task.run_id);
  if (run !== undefined) return stopIn(store, tx, viewer, chat, run);
  const message = "Task cancelled";
  const data = { state: "cancelled", message, by: viewer.name } as const;
  await tx.append(chat.id, [
    { type: "status", data, runId: null, taskId: task.id, step: null, actor: userActor(viewer) },
  ]);
  await endTask(tx, task.id, { state: "cancelled", message, by: viewer.name });
  await announce(tx, chat, task.id);
  return { runId: null, working: false };
}

export interface Retry {
  /** Only if it has had so many runs. */
  readonly attempts?: number | undefined;
  /** Works on it from now on. */
  readonly model?: string | undefined;
}

/** A new attempt at a failed or cancelled task. */
export async function retryTask(
  store: Store,
  viewer: User,
  taskId: string,
  { attempts, model }: Retry = {},
): Promise<Task> {
  await store.transact(async (tx) => {
    const task = await changeable(tx, viewer, taskId);
    if (task.status !== "failed" && task.status !== "cancelled") {
      throw new SparkyError("conflict", `the task is ${task.status}: only a failed or cancelled one is retried`);
    }
    if (attempts !== undefined && attempts !== task.attempts) {
      throw new SparkyError("conflict", "the task was tried again meanwhile", { hint: "look at how that went" });
    }
    await refuseBeforeDependencies(tx, task);
    const set = { run_at: null, ...(model !== undefined && { model }) };
    const cleared = { ...task, ...set };
    await tx.db.updateTable("tasks").set(set).where("id", "=", taskId).execute();
    if (model !== undefined) {
      const chat = await lockChat(tx, task.chat_id);
      if (chat.origin === "task") await changeOwnChat(tx, viewer, chat, task, { model });
    }
    await queueTaskRun(tx, cleared, "Queued again");
  });
  return getTask(store, viewer, taskId);
}

async function refuseBeforeDependencies(tx: Tx, task: TaskRow): Promise<void> {
  const open = await tx.db
    .selectFrom("task_deps as d")
    .innerJoin("tasks as o", "o.id", "d.depends_on")
    .select(["o.id", "o.status"])
    .where("d.task_id", "=", task.id)
    .where("o.status", "!=", "completed")
    .executeTakeFirst();
  if (open === undefined) return;
  throw new SparkyError("conflict", `task ${open.id.slice(0, 8)}, which it depends on, is ${open.status}`, {
    hint: "retry it once that one is completed",
  });
}

/** Removes a task that is not being worked on; its own chat goes with it. A task in another chat leaves its events. */
export async function deleteTask(store: Store, viewer: User, taskId: string): Promise<void> {
  await store.transact(async (tx) => {
    const task = await changeable(tx, viewer, taskId);
    const chat = await lockChat(tx, task.chat_id);
    const run = task.run_id === null ? undefined : await runOf(tx, task.run_id);
    if (run !== undefined && (run.state === "working" || run.state === "stopping")) {
      throw new SparkyError("conflict", "the task is being worked on", { hint: "cancel it first" });
    }
    // Not only while it is pending: a run that was handed back is queued, and its task in progress.
    if (!isEnded(task.status)) await cancelIn(store, tx, viewer, task);
    await tx.db.updateTable("tasks").set({ deleted_at: tx.now }).where("id", "=", taskId).execute();
    audit(tx, viewer, { kind: "task.deleted", thing: task.instruction, chatId: task.chat_id });
    await announce(tx, chat, taskId);
    if (chat.origin === "task" && chat.owner_id === AGENT_ID && (await isAlone(tx, task))) {
      await cancelChat(tx, store.hub, viewer, chat);
    }
  });
}

async function isAlone(tx: Tx, task: TaskRow): Promise<boolean> {
  const other = await tx.db
    .selectFrom("tasks")
    .select("id")
    .where("chat_id", "=", task.chat_id)
    .where("id", "!=", task.id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return other === undefined;
}

/**
 * Its author, and whoever may write in its chat, may change a task. It is read under its chat's lock: a worker, or
 * another person, may have ended it a moment ago.
 */
async function changeable(tx: Tx, viewer: User, taskId: string): Promise<TaskRow> {
  const { chat_id } = await taskFor(tx.db, viewer, "change", taskId);
  await lockChat(tx, chat_id);
  return taskFor(tx.db, viewer, "change", taskId);
}

async function runOf(tx: Tx, runId: string): Promise<RunRow | undefined> {
  const run = await tx.db.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
  return run === undefined || isEnded(run.state) ? undefined : run;
}
