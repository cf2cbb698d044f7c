import { dueBetween, nextDue, parseDueRule } from "../../core/due.ts";
import { breathe } from "../database/breathe.ts";
import type { ScheduleRow, ScheduleRuleRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/**
 * The rules that a schedule had, one after another without a gap. A change settles what was due before it by the old rule,
 * then begins a new row: what was due at any time of the past can be computed again.
 */

export async function rulesFrom(db: Db, scheduleId: string, from: number): Promise<readonly ScheduleRuleRow[]> {
  return db
    .selectFrom("schedule_rules")
    .selectAll()
    .where("schedule_id", "=", scheduleId)
    .where((eb) => eb.or([eb("to_at", "is", null), eb("to_at", ">", from)]))
    .orderBy("from_at")
    .execute();
}

/** The rules of each schedule from where it is settled on, by its id. */
export async function rulesOfAll(
  db: Db,
  schedules: readonly Pick<ScheduleRow, "id">[],
): Promise<ReadonlyMap<string, readonly ScheduleRuleRow[]>> {
  if (schedules.length === 0) return new Map();
  const ids = schedules.map((schedule) => schedule.id);
  const rows = await db
    .selectFrom("schedule_rules as r")
    .innerJoin("schedules as s", "s.id", "r.schedule_id")
    .selectAll("r")
    .where("s.id", "in", ids)
    .where((eb) => eb.or([eb("r.to_at", "is", null), eb("r.to_at", ">", eb.ref("s.settled_to"))]))
    .orderBy("r.from_at")
    .execute();
  return Map.groupBy(rows, (row) => row.schedule_id);
}

/** The first instant from `from` on for which the ledger will get a row. */
export function nextOf(
  rules: readonly ScheduleRuleRow[],
  from: number,
  counts: (rule: ScheduleRuleRow) => boolean,
): number | null {
  for (const rule of rules) {
    if (!counts(rule) || (rule.to_at !== null && rule.to_at <= from)) continue;
    const next = nextDue(parseDueRule(rule.rule), rule.zone, rule.anchor, Math.max(from, rule.from_at) - 1);
    if (next !== null && (rule.to_at === null || next < rule.to_at)) return next;
  }
  return null;
}

/** A millisecond of work, or little more. */
const PORTION = 2000;

/** The due instants of a schedule's rules, from one instant on and before another, in portions with room between them. */
export async function* dueInstants(
  rules: readonly ScheduleRuleRow[],
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<{ readonly rule: ScheduleRuleRow; readonly instants: readonly number[] }, void> {
  for (const rule of rules) {
    const due = parseDueRule(rule.rule);
    const end = Math.min(rule.to_at ?? to, to);
    for (let next = Math.max(rule.from_at, from); next < end;) {
      const instants = dueBetween(due, rule.zone, rule.anchor, { from: next, to: end }, PORTION);
      yield { rule, instants };
      next = instants.length < PORTION ? end : (instants.at(-1) ?? end) + 1;
      if (next < end) await breathe();
    }
  }
}

export const hasInstants = (rule: ScheduleRuleRow): boolean => rule.state !== "disabled";
export const isEnabled = (rule: ScheduleRuleRow): boolean => rule.state === "enabled";

/** A pause that is over by itself left its row as it was: it is enabled. */
export function withoutPastPause<S extends Pick<ScheduleRow, "state" | "paused_until" | "pause_reason">>(
  row: S,
  now: number,
): S {
  const isOver = row.state === "paused" && row.paused_until !== null && row.paused_until <= now;
  return isOver ? { ...row, state: "enabled", paused_until: null, pause_reason: null } : row;
}

type RuleOf = Pick<ScheduleRow, "id" | "rule" | "zone" | "anchor" | "state" | "paused_until">;

/** From `at` on the schedule's rule is what its row says now; a pause with an end is followed by what comes after it. */
export async function beginRule(tx: Tx, schedule: RuleOf, at: number): Promise<void> {
  const { id, rule, zone, anchor, state, paused_until: until } = schedule;
  await tx.db.deleteFrom("schedule_rules").where("schedule_id", "=", id).where("from_at", ">=", at).execute();
  await tx.db
    .updateTable("schedule_rules")
    .set({ to_at: at })
    .where("schedule_id", "=", id)
    .where((eb) => eb.or([eb("to_at", "is", null), eb("to_at", ">", at)]))
    .execute();
  const same = { schedule_id: id, rule, zone, anchor };
  const ends = state === "paused" && until !== null && until > at;
  await tx.db
    .insertInto("schedule_rules")
    .values([
      { ...same, id: tx.newId(), from_at: at, to_at: ends ? until : null, state },
      ...(ends ? [{ ...same, id: tx.newId(), from_at: until, to_at: null, state: "enabled" as const }] : []),
    ])
    .execute();
}
