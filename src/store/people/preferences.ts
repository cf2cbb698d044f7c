import type { Json } from "../../core/events.ts";
import { PROMPTLY, type Store } from "../database/store.ts";

/** What this person has set, by name. Which names and values there may be is decided at the door. */
export async function preferencesOf(store: Store, userId: string): Promise<ReadonlyMap<string, Json>> {
  const rows = await store.db
    .selectFrom("preferences")
    .select(["name", "value"])
    .where("user_id", "=", userId)
    .execute();
  return new Map(rows.map(({ name, value }) => [name, JSON.parse(value) as Json]));
}

/** Each name by itself: what others are set to meanwhile stays. null takes a setting away. */
export async function setPreferences(
  store: Store,
  userId: string,
  changes: ReadonlyMap<string, Json>,
): Promise<ReadonlyMap<string, Json>> {
  // In one order, so that two who set the same ones do not wait for each other.
  const sorted = [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await store.transact(async (tx) => {
    for (const [name, value] of sorted) {
      if (value === null) {
        await tx.db.deleteFrom("preferences").where("user_id", "=", userId).where("name", "=", name).execute();
        continue;
      }
      const kept = { value: JSON.stringify(value), at: tx.now };
      await tx.db
        .insertInto("preferences")
        .values({ user_id: userId, name, ...kept })
        .onConflict((oc) => oc.columns(["user_id", "name"]).doUpdateSet(kept))
        .execute();
    }
    if (sorted.length > 0) tx.changed("preferences", [userId]);
  }, PROMPTLY);
  return preferencesOf(store, userId);
}
