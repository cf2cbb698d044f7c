import { isEnded } from "../../core/run-state.ts";
import type { Checked, Report } from "./finding.ts";
import type { ChatRow, TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { LogCheck, LoggedTask } from "./log.ts";
import { shorten } from "../../core/text.ts";

/** Compares tasks, as the log tells them, with their rows. */

interface TaskScope {
  readonly chat: Pick<ChatRow, "id" | "deleted_at">;
  readonly report: Report;
  readonly checked: Checked;
}

/**
 * Compares those that have ended, in the log and in their rows, and drops them; with `all`, every one. A task that has
 * ended may still be retried, so only what belongs together is compared.
 */
export async function compareTasks(db: Db, scope: TaskScope, log: LogCheck, all: boolean): Promise<void> {
  const { report, checked } = scope;
  const due = [...log.tasks].filter(([, task]) => all || isEnded(task.status)).map(([id]) => id);
  if (due.length === 0) return;
  const counts = await db
    .selectFrom("runs")
    .select((eb) => ["task_id", eb.fn.countAll<number>().as("n")])
    .where("task_id", "in", due)
    .groupBy("task_id")
    .execute();
  const attempts = new Map(counts.map((row) => [row.task_id, Number(row.n)]));
  // After the count: a retry that came between shows as another run.
  const rows = new Map(
    (await db.selectFrom("tasks").selectAll().where("id", "in", due).execute()).map((row) => [row.id, row]),
  );
  for (const id of due) {
    const row = rows.get(id);
    const task = log.tasks.get(id);
    if (task === undefined) continue;
    if (!all && row !== undefined && (row.run_id !== task.runId || !isEnded(row.status))) continue;
    log.tasks.delete(id);
    if (row === undefined) {
      report({ kind: "task", seq: task.seq, what: `task ${id} has no row`, expected: task.status, found: "none" });
      continue;
    }
    checked.tasks += 1;
    compare(scope, task, row, attempts.get(id) ?? 0, log.instructions.get(id));
    log.instructions.delete(id);
  }
}

function compare(
  { chat, report }: TaskScope,
  task: LoggedTask,
  row: TaskRow,
  attempts: number,
  instruction: number | undefined,
): void {
  const differs = (what: string, expected: unknown, found: unknown): void => {
    if (expected === found) return;
    const words = { expected: String(expected), found: String(found) };
    report({ kind: "task", seq: task.seq, what: `task ${row.id}: ${what}`, ...words });
  };
  differs("chat", chat.id, row.chat_id);
  // What never ran goes with its chat, and nothing is written into a log that is hidden.
  const wentWithChat = chat.deleted_at !== null && task.runId === null && row.status === "cancelled";
  if (!wentWithChat) differs("status", task.status, row.status);
  differs("run", task.runId, row.run_id);
  differs("attempts", attempts, row.attempts);
  const inherits = [row.parent_run, row.root_run, row.depth, row.origins].join(" ");
  if (task.from !== undefined) differs("what it inherits", task.from, inherits === "  0 " ? "" : inherits);
  const has = (value: unknown): string => (value === null ? "none" : "one");
  differs("result", row.status === "completed" ? "one" : "none", has(row.result));
  differs("error", row.status === "failed" || row.status === "cancelled" ? "one" : "none", has(row.error));
  differs("end", isEnded(row.status) ? "one" : "none", has(row.finished_at));
  if (task.plan !== undefined) {
    differs("plan", `${task.plan.done} of ${task.plan.total}`, `${row.plan_done} of ${row.plan_total}`);
  }
  if (instruction !== undefined) differs("the message of its instruction", instruction, row.message_seq);
  for (const [name, json] of [
    ["metadata", row.metadata],
    ["limits", row.limits],
  ] as const) {
    try {
      JSON.parse(json);
    } catch {
      report({
        kind: "undecodable",
        seq: task.seq,
        what: `${name} of task ${row.id}`,
        expected: "JSON",
        found: shorten(json, 80),
      });
    }
  }
}

/** Tasks of the chat that no event names. */
export async function unloggedTasks(db: Db, { chat, report }: TaskScope, log: LogCheck): Promise<void> {
  const { n } = await db
    .selectFrom("tasks")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("chat_id", "=", chat.id)
    .executeTakeFirstOrThrow();
  if (Number(n) === log.taskIds.size) return;
  const rows = await db.selectFrom("tasks").select("id").where("chat_id", "=", chat.id).execute();
  for (const { id } of rows) {
    if (log.taskIds.has(id)) continue;
    report({
      kind: "task",
      seq: null,
      what: `task ${id} is not in its chat's log`,
      expected: "a status event",
      found: "none",
    });
  }
}
