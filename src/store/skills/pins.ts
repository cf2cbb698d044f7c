import type { SkillPinRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/**
 * What people have said of the skills that lie in a place: the version that they have approved, or that it is not used. Of what
 * nobody has said anything nothing is used.
 */

/** Where a skill lies. `owner`: whose workspace; "" for a place of the whole instance. */
export interface PinPlace {
  readonly place: SkillPinRow["place"];
  readonly owner: string;
}

export async function pinsIn(db: Db, places: readonly PinPlace[]): Promise<readonly SkillPinRow[]> {
  if (places.length === 0) return [];
  return db
    .selectFrom("skill_pins")
    .selectAll()
    .where((eb) =>
      eb.or(places.map(({ place, owner }) => eb.and([eb("place", "=", place), eb("owner_id", "=", owner)]))),
    )
    .orderBy("folder")
    .execute();
}

export async function putPin(tx: Tx, pin: Omit<SkillPinRow, "at">): Promise<void> {
  const row = { ...pin, at: tx.now };
  await tx.db
    .insertInto("skill_pins")
    .values(row)
    .onConflict((oc) => oc.columns(["place", "owner_id", "folder"]).doUpdateSet(row))
    .execute();
}

export async function dropPin(tx: Tx, { place, owner }: PinPlace, folder: string): Promise<void> {
  await tx.db
    .deleteFrom("skill_pins")
    .where("place", "=", place)
    .where("owner_id", "=", owner)
    .where("folder", "=", folder)
    .execute();
}
