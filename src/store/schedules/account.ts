import { dueClock } from "../database/clock.ts";
import type { Store } from "../database/store.ts";
import { formsOf } from "../database/spellings.ts";
import { settle } from "./settle.ts";

/** Before somebody is let in again all that was due by now is written down as skipped: it is not caught up with. */
export async function settleBeforeEnabling(store: Store, name: string): Promise<void> {
  const user = await store.db
    .selectFrom("user")
    .select(["id", "banned"])
    .where("name", "in", formsOf(name))
    .executeTakeFirst();
  if (user === undefined || !user.banned) return;
  const schedules = store.db.selectFrom("schedules").select("id").where("owner_id", "=", user.id);
  const now = await dueClock(store);
  for (const { id } of await schedules.where("deleted_at", "is", null).execute()) {
    await settle(store, id, { now, to: now + 1 });
  }
}
