import { expressionBuilder } from "kysely";
import { isoTime } from "../../core/clock.ts";
import type { OccurrenceRow, RunRow, ScheduleRow, Schema } from "../database/schema.ts";
import { newestFirst, pageFrom, pageOf, totalOf, type PageQuery } from "../database/page.ts";
import type { Db } from "../database/sql.ts";
import { waitsFor } from "../runs/run.ts";

/** A row of the ledger as the API tells it. */
export interface Occurrence {
  readonly schedule: string;
  readonly dueAt: string;
  readonly outcome: OccurrenceRow["outcome"] | "running";
  readonly reason: string | null;
  readonly manual: boolean;
  readonly taskId: string | null;
  readonly runId: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly workingSince: string | null;
  readonly workedMs: number | null;
  readonly waitsFor: RunRow["wait_reason"];
  /** One row may stand for many instants: so many, from `dueAt` to `until`. */
  readonly count: number;
  readonly until: string | null;
}

type Read = OccurrenceRow & {
  readonly t_status: string | null;
  readonly t_run: string | null;
  readonly t_started: number | null;
  readonly r_state: RunRow["state"] | null;
  readonly r_lease: number | null;
  readonly r_worked: number | null;
  readonly r_wait: RunRow["wait_reason"];
};

/** Of the row's own task, and not a join: that may read all tasks for a few rows. */
const taskOfRow = <C extends "status" | "run_id" | "started_at">(column: C) =>
  expressionBuilder<Schema & { o: OccurrenceRow }, "o">()
    .selectFrom("tasks as t")
    .select(`t.${column} as value`)
    .whereRef("t.id", "=", "o.task_id");

/** Of the task's active or last run. */
const runOfRow = <C extends "state" | "lease_at" | "worked_ms" | "wait_reason">(column: C) =>
  expressionBuilder<Schema & { o: OccurrenceRow }, "o">()
    .selectFrom("tasks as t")
    .innerJoin("runs as r", "r.id", "t.run_id")
    .select(`r.${column} as value`)
    .whereRef("t.id", "=", "o.task_id");

const withTasks = (db: Db) =>
  db
    .selectFrom("occurrences as o")
    .selectAll("o")
    .select([
      taskOfRow("status").as("t_status"),
      taskOfRow("run_id").as("t_run"),
      taskOfRow("started_at").as("t_started"),
      runOfRow("state").as("r_state"),
      runOfRow("lease_at").as("r_lease"),
      runOfRow("worked_ms").as("r_worked"),
      runOfRow("wait_reason").as("r_wait"),
    ]);

const LATEST_DUE_FIRST = newestFirst("o.due_at", "o.id");

/** The newest first. */
export async function listOccurrences(
  db: Db,
  schedule: Pick<ScheduleRow, "id" | "name">,
  query: PageQuery,
): Promise<{ readonly items: readonly Occurrence[]; readonly next: string | null; readonly total?: number }> {
  const rows = await withTasks(db)
    .where("o.schedule_id", "=", schedule.id)
    .$call(pageFrom(LATEST_DUE_FIRST, query))
    .execute();
  const total = await totalOf(db, db.selectFrom("occurrences").where("schedule_id", "=", schedule.id), query.total);
  const page = pageOf(rows, query, (row) => [row.due_at, row.id]);
  return { items: page.rows.map((row) => occurrenceOf(schedule.name, row)), next: page.next, ...total };
}

/** The newest `n` rows of each schedule, the newest first, by the schedule's id: one query for all of them. */
export async function recentOccurrences(
  db: Db,
  schedules: readonly Pick<ScheduleRow, "id" | "name">[],
  n: number,
): Promise<ReadonlyMap<string, readonly Occurrence[]>> {
  if (schedules.length === 0) return new Map();
  const names = new Map(schedules.map(({ id, name }) => [id, name]));
  const rows = await withTasks(db)
    .innerJoin("schedules as s", "s.id", "o.schedule_id")
    .where("s.id", "in", [...names.keys()])
    // Each schedule's own bound, so that a long ledger is not read through.
    .where((eb) =>
      eb(
        "o.due_at",
        ">=",
        eb.fn.coalesce(
          eb
            .selectFrom("occurrences as x")
            .select("x.due_at")
            .whereRef("x.schedule_id", "=", "s.id")
            .orderBy("x.due_at", "desc")
            .orderBy("x.id", "desc")
            .limit(1)
            .offset(n - 1),
          eb.lit(-1),
        ),
      ),
    )
    .orderBy("o.due_at", "desc")
    .orderBy("o.id", "desc")
    .execute();
  const found = Map.groupBy(rows, (row) => row.schedule_id);
  // Rows of the same instant as the last one may come too: a run by hand.
  return new Map(
    [...found].map(([id, all]) => [id, all.slice(0, n).map((row) => occurrenceOf(names.get(id) ?? "", row))]),
  );
}

function occurrenceOf(schedule: string, row: Read): Occurrence {
  // A task that was retried is at work again, whatever its occurrence came to before.
  const live = row.t_status === "in_progress" || row.t_status === "waiting" || row.t_status === "pending";
  const started = row.t_started ?? row.started_at;
  return {
    schedule,
    dueAt: isoTime(row.due_at),
    outcome: live ? (row.t_status === "pending" || started === null ? "queued" : "running") : row.outcome,
    reason: row.manual === 2 ? `the clock was ahead: it said ${isoTime(row.start_at)}` : row.reason,
    manual: row.manual === 1,
    taskId: row.task_id,
    runId: row.t_run ?? row.run_id,
    startedAt: started === null ? null : isoTime(started),
    endedAt: live || row.ended_at === null ? null : isoTime(row.ended_at),
    workingSince: row.r_lease === null ? null : isoTime(Number(row.r_lease)),
    workedMs: row.r_worked === null ? null : Number(row.r_worked),
    waitsFor: row.r_state === null ? null : waitsFor({ state: row.r_state, wait_reason: row.r_wait }),
    count: row.count,
    until: row.until_at === null ? null : isoTime(row.until_at),
  };
}
