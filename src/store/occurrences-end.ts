import { ON_TIME_MS } from "../core/catch-up.ts";
import { SYSTEM_ACTOR } from "./actors.ts";
import type { Ending } from "./ending.ts";
import { beginRule, rulesFrom, nextOf, hasInstants } from "./schedule-rules.ts";
import type { OccurrenceRow, ScheduleRow } from "./schema.ts";
import type { Tx } from "./store.ts";

/** The code of an ending that a crash made, where the schedule says to leave such a run. */
export const CRASHED = "interrupted";

/** A scheduled task's end is its occurrence's outcome, in the same transaction; too many failures in a row pause the schedule. */
export async function endOccurrence(tx: Tx, taskId: string, ending: Ending): Promise<void> {
  const row = await tx.db.selectFrom("occurrences").selectAll().where("task_id", "=", taskId).executeTakeFirst();
  if (row === undefined) return;
  const task = await tx.db
    .selectFrom("tasks")
    .select(["started_at", "run_id", "chat_id"])
    .where("id", "=", taskId)
    .executeTakeFirstOrThrow();
  const outcome = outcomeOf(row, task.started_at, ending);
  const reason = ending.state === "failed" ? ending.reason : ending.state === "cancelled" ? `by ${ending.by}` : null;
  await tx.db
    .updateTable("occurrences")
    .set({ outcome, reason, run_id: task.run_id, started_at: task.started_at, ended_at: tx.now })
    .where("id", "=", row.id)
    .execute();
  const schedule = await tx.db
    .selectFrom("schedules")
    .selectAll()
    .where("id", "=", row.schedule_id)
    .$if(tx.kind === "postgres", (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
  await countFailures(tx, schedule, task.chat_id, outcome);
  tx.changed("schedules", [schedule.owner_id], schedule.id);
}

function outcomeOf(row: OccurrenceRow, startedAt: number | null, ending: Ending): OccurrenceRow["outcome"] {
  switch (ending.state) {
    case "completed":
      return startedAt !== null && startedAt - row.start_at > ON_TIME_MS ? "ran late" : "ran";
    case "failed":
      return ending.code === CRASHED ? "interrupted" : "failed";
    case "cancelled":
      return "cancelled";
  }
}

async function countFailures(
  tx: Tx,
  schedule: ScheduleRow,
  chatId: string,
  outcome: OccurrenceRow["outcome"],
): Promise<void> {
  if (outcome !== "failed") {
    if (schedule.failures > 0 && (outcome === "ran" || outcome === "ran late")) {
      await tx.db.updateTable("schedules").set({ failures: 0 }).where("id", "=", schedule.id).execute();
    }
    return;
  }
  const failures = schedule.failures + 1;
  const pauses = schedule.max_failures > 0 && failures >= schedule.max_failures && schedule.state === "enabled";
  await tx.db.updateTable("schedules").set({ failures }).where("id", "=", schedule.id).execute();
  if (!pauses || schedule.deleted_at !== null) return;
  const message = `The schedule "${schedule.name}" was paused: it failed ${failures} times in a row`;
  const paused = { state: "paused", paused_until: null, pause_reason: `failed ${failures} times in a row` } as const;
  await beginRule(tx, { ...schedule, ...paused }, Math.max(tx.now, schedule.settled_to));
  const next = nextOf(await rulesFrom(tx.db, schedule.id, schedule.settled_to), schedule.settled_to, hasInstants);
  await tx.db
    .updateTable("schedules")
    .set({ ...paused, next_due: next })
    .where("id", "=", schedule.id)
    .execute();
  const data = { code: "schedule_paused", message, retryable: false };
  await tx.append(chatId, [{ type: "error", data, runId: null, taskId: null, step: null, actor: SYSTEM_ACTOR }]);
}
