import { shorten } from "../../core/text.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import { placeInQueue } from "../runs/at-once.ts";
import { announce, queueRun } from "../runs/queue.ts";
import type { Ending } from "../runs/ending.ts";
import { endOccurrence } from "../ledger/outcome.ts";
import type { TaskRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

/** What a list shows of a result: the whole is in the log. */
const MAX_RESULT = 4000;

/** The task becomes what its run became, and those that waited for it go on or fail, in the same transaction. */
export async function endTask(tx: Tx, taskId: string, ending: Ending): Promise<void> {
  const result = ending.state === "completed" ? shorten(ending.result, MAX_RESULT) : null;
  const error =
    ending.state === "failed" ? ending.reason : ending.state === "cancelled" ? cancelledWords(ending) : null;
  await tx.db
    .updateTable("tasks")
    .set({ status: ending.state, result, error, finished_at: tx.now })
    .where("id", "=", taskId)
    .execute();
  await endOccurrence(tx, taskId, ending);
  for (const task of await lockedDependants(tx, taskId)) {
    if (ending.state === "completed") await releaseWhenReady(tx, task);
    else await failDependant(tx, task, taskId, ending.state);
  }
}

const cancelledWords = ({ by, why }: Extract<Ending, { state: "cancelled" }>): string =>
  `cancelled by ${by}${why === undefined ? "" : `: ${why}`}`;

const dependants = (tx: Tx, taskId: string): Promise<readonly TaskRow[]> =>
  tx.db
    .selectFrom("tasks as t")
    .innerJoin("task_deps as d", "d.task_id", "t.id")
    .selectAll("t")
    .where("d.depends_on", "=", taskId)
    .where("t.status", "=", "waiting")
    .where("t.run_id", "is", null)
    .where("t.deleted_at", "is", null)
    .orderBy("t.created_at")
    .execute();

/**
 * Of two that end at the same moment the second one must see that the first one has, else neither lets go a task that
 * waits for both; and what is cancelled just now must stay so. They are read again under these locks.
 */
async function lockedDependants(tx: Tx, taskId: string): Promise<readonly TaskRow[]> {
  const tasks = await dependants(tx, taskId);
  if (tx.kind !== "postgres" || tasks.length === 0) return tasks;
  const ids = [...new Set(tasks.map((task) => task.chat_id))].toSorted();
  await tx.db.selectFrom("chats").select("id").where("id", "in", ids).orderBy("id").forNoKeyUpdate().execute();
  return dependants(tx, taskId);
}

/** Queues the first run of a task when nothing that it waits for is left. */
export async function releaseWhenReady(tx: Tx, task: TaskRow): Promise<void> {
  const open = await tx.db
    .selectFrom("task_deps as d")
    .innerJoin("tasks as o", "o.id", "d.depends_on")
    .select("o.id")
    .where("d.task_id", "=", task.id)
    .where("o.status", "!=", "completed")
    .executeTakeFirst();
  if (open !== undefined) return;
  await queueTaskRun(tx, task, "Queued");
}

/** A new attempt at a task: one more run. */
export async function queueTaskRun(tx: Tx, task: TaskRow, message: string): Promise<void> {
  const chat = await tx.db
    .selectFrom("chats")
    .select(["id", "owner_id"])
    .where("id", "=", task.chat_id)
    .executeTakeFirstOrThrow();
  const runId = await queueRun(tx, {
    chat,
    taskId: task.id,
    priority: task.priority,
    notBefore: task.run_at ?? 0,
    ...(await placeInQueue(tx, chat, task, message)),
  });
  await tx.db
    .updateTable("tasks")
    .set({
      status: "pending",
      run_id: runId,
      attempts: task.attempts + 1,
      result: null,
      error: null,
      finished_at: null,
    })
    .where("id", "=", task.id)
    .execute();
}

async function failDependant(tx: Tx, task: TaskRow, on: string, state: "failed" | "cancelled"): Promise<void> {
  const reason = `task ${on.slice(0, 8)}, which it depends on, ${state === "failed" ? "failed" : "was cancelled"}`;
  const place = { runId: null, taskId: task.id, step: null };
  await tx.append(task.chat_id, [
    { type: "status", data: { state: "failed", message: "Task failed", reason }, ...place, actor: SYSTEM_ACTOR },
  ]);
  await endTask(tx, task.id, { state: "failed", message: "Task failed", reason, code: "dependency" });
  const chat = await tx.db
    .selectFrom("chats")
    .select(["id", "owner_id"])
    .where("id", "=", task.chat_id)
    .executeTakeFirstOrThrow();
  await announce(tx, chat, task.id);
}
