import { sql } from "kysely";
import { lockChat } from "../people/access.ts";
import { hasInstants, nextOf, rulesFrom } from "../ledger/rules.ts";
import type { ScheduleRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { LedgerWriter, type Stopping } from "./ledger-writer.ts";
import { planPass, type Plan } from "./plan.ts";
import { isAhead, takeBack } from "./take-back.ts";

/** The ledger is kept here: every due instant gets its one row, and those that are to run their task, in one transaction. */

/** Locks a schedule for a change; its chat first, as every end of a task does. undefined: it is gone. */
export async function lockSchedule(tx: Tx, id: string): Promise<ScheduleRow | undefined> {
  const seen = await tx.db
    .selectFrom("schedules as s")
    .innerJoin("chats as c", "c.id", "s.chat_id")
    .select("c.id")
    .where("s.id", "=", id)
    .where("c.deleted_at", "is", null)
    .executeTakeFirst();
  if (seen !== undefined) await lockChat(tx, seen.id);
  return tx.db
    .selectFrom("schedules")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
}

/**
 * Writes the rows of all that was due before `to`, moves the schedule's cursor, and makes a change, if there is one, in the
 * same transaction, under the schedule's lock. undefined: the schedule is gone.
 */
export async function settle(
  store: Store,
  id: string,
  pass: Pick<Plan, "now" | "to">,
  change?: (tx: Tx, schedule: ScheduleRow) => Promise<void>,
): Promise<readonly Stopping[] | undefined> {
  for (;;) {
    const seen = await store.db
      .selectFrom("schedules")
      .selectAll()
      .where("id", "=", id)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    if (seen === undefined) return undefined;
    if (isAhead(seen, pass.now)) {
      await store.transact(async (tx) => {
        const schedule = await lockSchedule(tx, id);
        if (schedule !== undefined && isSame(seen, schedule)) await takeBack(store, tx, schedule, pass.now);
      });
      continue;
    }
    const isDue = seen.next_due !== null && seen.next_due < pass.to;
    const plan = isDue ? await planPass(store, seen, pass) : null;
    const stopping = await store.transact(async (tx) => {
      const schedule = await lockSchedule(tx, id);
      // Somebody else was here meanwhile: what was planned says nothing about the schedule as it is now.
      if (schedule === undefined || !isSame(seen, schedule)) return null;
      const settled = plan === null ? { schedule, stopping: [] } : await write(store, tx, plan);
      await change?.(tx, settled.schedule);
      return settled.stopping;
    });
    if (stopping !== null) return stopping;
  }
}

async function write(
  store: Store,
  tx: Tx,
  plan: Plan,
): Promise<{ readonly schedule: ScheduleRow; readonly stopping: readonly Stopping[] }> {
  const { id, owner_id, settled_to } = plan.schedule;
  for (const row of plan.restored) {
    const values = { manual: 0, due_at: sql<number>`start_at` };
    await tx.db.updateTable("occurrences").set(values).where("id", "=", row).execute();
  }
  const writer = new LedgerWriter(store, tx, plan);
  await writer.write(plan.stretches);
  const settledTo = Math.max(settled_to, plan.to);
  // A failure of this pass may have paused it.
  const next = nextOf(await rulesFrom(tx.db, id, settledTo), settledTo, hasInstants);
  const schedule = await tx.db
    .updateTable("schedules")
    .set({ settled_to: settledTo, next_due: next })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (plan.stretches.length > 0) tx.changed("schedules", [owner_id], id);
  return { schedule, stopping: writer.stopping };
}

export function isSame(before: ScheduleRow, after: ScheduleRow): boolean {
  return (Object.keys(before) as (keyof ScheduleRow)[]).every((field) => before[field] === after[field]);
}
