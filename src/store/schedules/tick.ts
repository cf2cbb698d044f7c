import { ON_TIME_MS } from "../../core/catch-up.ts";
import { dueClock } from "../database/clock.ts";
import type { Stopping } from "./ledger-writer.ts";
import { settle } from "./settle.ts";
import type { Store } from "../database/store.ts";

export interface Tick {
  /** The instant of the tick by the deciding clock. */
  readonly now: number;
  readonly stopping: readonly Stopping[];
  /** Schedules whose pass failed: the others went on. */
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
}

/** Writes the rows of everything that is due, one schedule and one transaction at a time. Any number of nodes may tick. */
export async function tickSchedules(store: Store): Promise<Tick> {
  const now = await dueClock(store);
  const due = await store.db
    .selectFrom("schedules")
    .select("id")
    .where((eb) => eb.or([eb("next_due", "<=", now), eb("settled_to", ">", now + ON_TIME_MS)]))
    .where("deleted_at", "is", null)
    .orderBy("next_due")
    .execute();
  const stopping: Stopping[] = [];
  const failed: { id: string; error: unknown }[] = [];
  for (const { id } of due) {
    try {
      stopping.push(...((await settle(store, id, { now, to: now + 1 })) ?? []));
    } catch (error) {
      failed.push({ id, error });
    }
  }
  return { now, stopping, failed };
}

/** How long until the first instant after `now` is due, in milliseconds by the deciding clock; null: none. */
export async function untilNextDue(store: Store, now: number): Promise<number | null> {
  const row = await store.db
    .selectFrom("schedules")
    .select((eb) => eb.fn.min("next_due").as("at"))
    .where("next_due", ">", now)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.at == null ? null : Math.max(Number(row.at) - (await dueClock(store)), 0);
}
