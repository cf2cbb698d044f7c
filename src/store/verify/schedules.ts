import type { Finding } from "./finding.ts";
import { checkLedger } from "../ledger/check.ts";
import type { OccurrenceRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** The ledgers: every due instant has its one row, and what a row says became of its task is what became of it. */

const MAX_ROWS = 200;

const OUTCOMES: { readonly [status: string]: readonly OccurrenceRow["outcome"][] } = {
  completed: ["ran", "ran late"],
  failed: ["failed", "interrupted"],
  cancelled: ["cancelled"],
};

/** Holds nothing up: ledgers are counted in portions, outside of any transaction. */
export async function verifySchedules(db: Db, now: number | null): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const report = (chatId: string | null, what: string, expected: string, found: string): void =>
    void findings.push({ kind: "schedule", chatId, seq: null, what, expected, found });
  for (const schedule of await db.selectFrom("schedules").selectAll().orderBy("id").execute()) {
    const name = `schedule ${schedule.name}`;
    const { due, recorded, missing, extra } = await checkLedger(db, schedule, now);
    for (const at of missing) report(schedule.chat_id, `${name}: the instant ${at}`, "a row in its ledger", "none");
    for (const at of extra)
      report(schedule.chat_id, `${name}: the row of ${at}`, "a due instant for each it counts", "others");
    if (missing.length + extra.length === 0 && due !== recorded) {
      report(schedule.chat_id, `${name}: its ledger`, `${due} instants`, `${recorded}`);
    }
  }
  for (const row of await rowsOfOtherEnds(db)) {
    const what = `schedule ${row.name}: the row of task ${row.task_id}`;
    report(row.chat_id, what, (OUTCOMES[row.status] ?? []).join(" or "), row.outcome);
  }
  return findings;
}

function rowsOfOtherEnds(db: Db) {
  return db
    .selectFrom("occurrences as o")
    .innerJoin("tasks as t", "t.id", "o.task_id")
    .innerJoin("schedules as s", "s.id", "o.schedule_id")
    .select(["s.name", "o.task_id", "o.outcome", "t.status", "t.chat_id"])
    .where((eb) =>
      eb.or(
        Object.entries(OUTCOMES).map(([status, outcomes]) =>
          eb.and([eb("t.status", "=", status as "completed"), eb("o.outcome", "not in", outcomes)]),
        ),
      ),
    )
    .limit(MAX_ROWS)
    .execute();
}
