import { restMs } from "../../core/catch-up.ts";
import { beginRule, hasInstants, nextOf, rulesFrom, withoutPastPause } from "./rules.ts";
import { tellPause } from "./told.ts";
import type { OccurrenceRow, ScheduleRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

/** After a failure a schedule rests, longer each time in a row; after too many it is paused. Returns the row as it is then. */
export async function countOutcome(tx: Tx, row: ScheduleRow, outcome: OccurrenceRow["outcome"]): Promise<ScheduleRow> {
  if (row.deleted_at !== null) return row;
  if (outcome === "ran" || outcome === "ran late") {
    return row.failures === 0 && row.rest_until === null ? row : save(tx, row, { failures: 0, rest_until: null });
  }
  if (outcome !== "failed") return row;
  const schedule = withoutPastPause(row, tx.now);
  const failures = schedule.failures + 1;
  if (schedule.state !== "enabled" || schedule.max_failures === 0 || failures < schedule.max_failures) {
    return save(tx, row, { failures, rest_until: tx.now + restMs(failures) });
  }
  const reason = `failed ${failures} times in a row`;
  const paused = { state: "paused", paused_until: null, pause_reason: reason } as const;
  await beginRule(tx, { ...schedule, ...paused }, Math.max(tx.now, schedule.settled_to));
  const next = nextOf(await rulesFrom(tx.db, schedule.id, schedule.settled_to), schedule.settled_to, hasInstants);
  const after = await save(tx, schedule, { ...paused, failures, rest_until: null, next_due: next });
  await tellPause(tx, after, reason);
  return after;
}

async function save(tx: Tx, row: ScheduleRow, values: Partial<Omit<ScheduleRow, "id">>): Promise<ScheduleRow> {
  await tx.db.updateTable("schedules").set(values).where("id", "=", row.id).execute();
  return { ...row, ...values };
}
