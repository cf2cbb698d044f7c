import { noteChange, type ChangedBy, type Fields } from "../graph/changes.ts";
import type { FactRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** What becomes of a fact, in the history of the graph: all that it takes to make it again. */
export async function factFields(db: Db, row: FactRow): Promise<Fields> {
  const sources = await db
    .selectFrom("fact_sources")
    .select(["chat_id", "seq"])
    .where("fact_id", "=", row.id)
    .orderBy("chat_id")
    .orderBy("seq")
    .execute();
  return {
    ...{ text: row.text, subject: row.subject_id, relation: row.relation, object: row.object_id, kind: row.kind },
    ...{ status: row.status, stated: row.stated === 1, pinned: row.pinned === 1, author: row.author_id },
    ...{ validFrom: row.valid_from, validTo: row.valid_to, recordedAt: row.recorded_at, retiredAt: row.retired_at },
    ...{ supersededBy: row.superseded_by, within: row.chat_id, owner: row.owner_id },
    sources: sources.map(({ chat_id, seq }) => `${chat_id}.${seq}`),
  };
}

/** The change's id; null: nothing has changed. `before`: its fields then, null of one that is new. */
export async function noteFact(
  db: Db,
  by: ChangedBy,
  row: FactRow,
  before: Fields | null,
  partOf?: number | null,
): Promise<number | null> {
  return noteChange(db, by, {
    ...{ thing: "fact", id: row.id, nodeId: row.subject_id, otherId: row.object_id ?? undefined },
    ...{ name: row.text, ownerId: row.owner_id, before, after: await factFields(db, row), partOf: partOf ?? undefined },
  });
}

/** The history still says that something was changed, by whom and when, and no longer what it was. */
export async function blankChanges(db: Db, factId: string): Promise<void> {
  await db
    .updateTable("graph_changes")
    .set({ name: "", before: null, after: null })
    .where("thing_id", "=", factId)
    .execute();
}
