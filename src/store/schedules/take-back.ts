import { ON_TIME_MS, restMs } from "../../core/catch-up.ts";
import { parseDueRule } from "../../core/due.ts";
import { beginRule, hasInstants, nextOf, rulesFrom } from "../ledger/rules.ts";
import { tellClock } from "../ledger/told.ts";
import type { OccurrenceRow, ScheduleRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { cancelIn } from "../tasks/change.ts";
import { EARLY, occurrenceRow, ownerOf } from "./start.ts";

/**
 * A clock that goes back leaves schedules behind that are settled up to a time that has not come. What was written down
 * for it is taken back, so that each instant is due again when it comes; what has run stays, told as what it is.
 *
 * Nobody can tell a clock that was ahead from one that is behind now. So what has run is not caught up with: if its instant
 * is passed over, because the clock was right before, its row is its row again.
 */

/** A smaller step is what keeps clocks right: nothing in it is early enough to be due twice. */
export function isAhead(schedule: Pick<ScheduleRow, "settled_to">, now: number): boolean {
  return schedule.settled_to > now + ON_TIME_MS;
}

/** The caller holds the schedule's lock. */
export async function takeBack(store: Store, tx: Tx, schedule: ScheduleRow, now: number): Promise<void> {
  const { id, settled_to: said } = schedule;
  const rows = await rowsFromAhead(tx, id, now);
  const untrue = rows.filter((row) => row.outcome === "skipped" || row.outcome === "merged");
  const early = rows.filter((row) => !untrue.includes(row) && row.due_at >= now);
  for (let at = 0; at < untrue.length; at += 100) {
    const ids = untrue.slice(at, at + 100).map((row) => row.id);
    await tx.db.deleteFrom("occurrences").where("id", "in", ids).execute();
  }
  const count = untrue.reduce((sum, row) => sum + row.count, 0);
  if (count > 0) {
    const note = { ...occurrenceRow(tx, id, now), manual: EARLY, start_at: said, count, outcome: "skipped" } as const;
    await tx.db
      .insertInto("occurrences")
      .values({ ...note, created_at: now, ended_at: now })
      .execute();
  }
  for (const row of early) await markEarly(store, tx, schedule, row, now);
  const settledTo = Math.min(now, ...untrue.map((row) => row.due_at));
  const after = await putRight(tx, schedule, now, settledTo);
  if (rows.length > 0) await tellClock(tx, after, { said, now, count: count + early.length });
  tx.changed("schedules", [schedule.owner_id], id);
}

const PAGE = 500;

/** The newest rows are those that it wrote: by their instants, or by when they were written. */
async function rowsFromAhead(tx: Tx, scheduleId: string, now: number): Promise<readonly OccurrenceRow[]> {
  const found: OccurrenceRow[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const page = await tx.db
      .selectFrom("occurrences")
      .selectAll()
      .where("schedule_id", "=", scheduleId)
      .where("manual", "=", 0)
      .where("due_at", "<", before)
      .orderBy("due_at", "desc")
      .limit(PAGE)
      .execute();
    const its = page.filter((row) => (row.until_at ?? row.due_at) >= now || row.created_at > now + ON_TIME_MS);
    found.push(...its);
    before = page.at(-1)?.due_at ?? 0;
    if (its.length < PAGE) return found;
  }
}

/** It is no row of its instant any more. What has not started does not start: its instant comes. */
async function markEarly(store: Store, tx: Tx, schedule: ScheduleRow, row: OccurrenceRow, now: number): Promise<void> {
  const values = { manual: EARLY, start_at: row.due_at, due_at: now };
  await tx.db.updateTable("occurrences").set(values).where("id", "=", row.id).execute();
  if (row.task_id === null) return;
  const task = await tx.db.selectFrom("tasks").selectAll().where("id", "=", row.task_id).executeTakeFirst();
  if (task?.status !== "pending" || task.started_at !== null || task.deleted_at !== null) return;
  await cancelIn(store, tx, await ownerOf(tx, schedule), task);
}

/** Instants that were stored for the schedule itself; what a person did to it meanwhile counts from now on. */
async function putRight(tx: Tx, schedule: ScheduleRow, now: number, settledTo: number): Promise<ScheduleRow> {
  const { id, failures, rest_until: rests } = schedule;
  const right: ScheduleRow = {
    ...schedule,
    anchor: anchorBefore(schedule, now),
    rest_until: rests === null ? null : Math.min(rests, now + restMs(failures)),
    created_at: Math.min(schedule.created_at, now),
    updated_at: Math.min(schedule.updated_at, now),
    settled_to: settledTo,
  };
  const later = (await rulesFrom(tx.db, id, now)).some((rule) => rule.from_at > now);
  if (later) await beginRule(tx, right, now);
  const next_due = nextOf(await rulesFrom(tx.db, id, settledTo), settledTo, hasInstants);
  const { id: _, ...values } = { ...right, next_due };
  return tx.db.updateTable("schedules").set(values).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
}

/** An interval keeps its phase. */
function anchorBefore({ rule, anchor }: ScheduleRow, now: number): number {
  if (anchor <= now) return anchor;
  const due = parseDueRule(rule);
  return due.kind === "every" ? anchor - Math.ceil((anchor - now) / due.ms) * due.ms : now;
}
