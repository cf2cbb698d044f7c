import type { ChangedBy } from "../graph/changes.ts";
import type { FactRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { factFields, noteFact } from "../facts/noted.ts";
import { factToBeIndexed } from "../recall/fact-items.ts";
import type { Moving } from "./edges.ts";

/** What is known of a node that becomes a part of another is known of that one: whoever knows it. Returns those facts. */
export async function moveFacts(tx: Tx, by: ChangedBy, { keep, drop, lead }: Moving): Promise<readonly FactRow[]> {
  const { db } = tx;
  const rows = await db
    .selectFrom("facts")
    .selectAll()
    .where((eb) => eb.or([eb("subject_id", "=", drop), eb("object_id", "=", drop)]))
    .orderBy("id")
    .execute();
  const moved = (id: string | null): string | null => (id === drop ? keep.id : id);
  for (const row of rows) {
    const ends = { subject_id: moved(row.subject_id) ?? keep.id, object_id: moved(row.object_id) };
    const before = await factFields(db, row);
    await db.updateTable("facts").set(ends).where("id", "=", row.id).execute();
    // Of what was forgotten only its place is kept.
    if (row.status === "forgotten") continue;
    await noteFact(db, by, { ...row, ...ends }, before, lead);
    await factToBeIndexed(db, row.id);
  }
  return rows.filter(({ status }) => status !== "forgotten");
}
