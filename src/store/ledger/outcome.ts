import { ON_TIME_MS } from "../../core/catch-up.ts";
import type { Ending } from "../runs/ending.ts";
import { countOutcome } from "./failures.ts";
import type { OccurrenceRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

/** The code of an ending that a crash made, where the schedule says to leave such a run. */
export const CRASHED = "interrupted";

/** A scheduled task's end is its occurrence's outcome, in the same transaction; failures in a row make the schedule rest, then pause. */
export async function endOccurrence(tx: Tx, taskId: string, ending: Ending): Promise<void> {
  const row = await tx.db.selectFrom("occurrences").selectAll().where("task_id", "=", taskId).executeTakeFirst();
  if (row === undefined) return;
  const task = await tx.db
    .selectFrom("tasks")
    .select(["started_at", "run_id"])
    .where("id", "=", taskId)
    .executeTakeFirstOrThrow();
  const outcome = outcomeOf(row, task.started_at, ending);
  const reason = reasonOf(ending);
  await tx.db
    .updateTable("occurrences")
    .set({ outcome, reason, run_id: task.run_id, started_at: task.started_at, ended_at: tx.now })
    .where("id", "=", row.id)
    .execute();
  const schedule = await tx.db
    .selectFrom("schedules")
    .selectAll()
    .where("id", "=", row.schedule_id)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate())
    .executeTakeFirstOrThrow();
  await countOutcome(tx, schedule, outcome);
  tx.changed("schedules", [schedule.owner_id], schedule.id);
}

function reasonOf(ending: Ending): string | null {
  if (ending.state === "failed") return ending.reason;
  return ending.state === "cancelled" ? `by ${ending.by}` : (ending.flaws ?? null);
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
