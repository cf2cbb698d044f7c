import { isDeepStrictEqual } from "node:util";
import type { Selectable } from "kysely";
import { notFound, SparkyError } from "../../core/errors.ts";
import { noteChange, type ChangedBy, type Fields } from "../graph/changes.ts";
import { graphChange, type GraphChange } from "../graph/history.ts";
import { parseData, visible } from "../graph/visible.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import type { GraphChangeRow } from "../database/schema.ts";
import type { User } from "../people/user.ts";
import { lockIndex } from "../recall/indexing.ts";
import { mayMend, told } from "./rights.ts";
import { THINGS } from "./things.ts";

type Row = Selectable<GraphChangeRow>;

/**
 * Puts back what a change has changed, with all that belongs to it. That is a change itself, and can be undone. Throws
 * `conflict` where something newer stands on it.
 */
export async function undoChange(store: Store, viewer: User, id: number): Promise<GraphChange> {
  const by = (tx: Tx): ChangedBy => ({ userId: viewer.id, now: tx.now });
  const done = await store.transact(async (tx) => {
    await lockIndex(tx);
    const lead = await locked(tx, viewer, id);
    const all = tx.db.selectFrom("graph_changes").selectAll().where("part_of", "=", id);
    // What was forgotten since has nothing left to be put back.
    const parts = (await all.orderBy("id", "desc").execute()).filter(
      ({ before, after }) => before !== null || after !== null,
    );
    const undo = await note(tx, by(tx), lead, undefined);
    for (const part of parts) {
      await putBack(tx, viewer, part, undo);
      await marked(tx, part.id, await note(tx, by(tx), part, undo));
    }
    await putBack(tx, viewer, lead, undo);
    await marked(tx, lead.id, undo);
    // What had undone this one is undone by this.
    await tx.db
      .updateTable("graph_changes")
      .set({ undone_by: null })
      .where("undone_by", "in", [lead.id, ...parts.map((part) => part.id)])
      .execute();
    told(
      tx,
      [lead, ...parts].map((row) => row.owner_id),
    );
    return undo;
  }, PROMPTLY);
  return graphChange(store.db, viewer, done);
}

async function locked(tx: Tx, viewer: User, id: number): Promise<Row> {
  const row = await tx.db
    .selectFrom("graph_changes")
    .selectAll()
    .where("id", "=", id)
    .where(visible(viewer.id, "graph_changes"))
    .$if(tx.kind === "postgres", (query) => query.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound(`change "${id}"`);
  mayMend(viewer, row.owner_id);
  if (row.part_of !== null) {
    const hint = `undo change ${row.part_of}`;
    throw new SparkyError("conflict", "this change is a part of another, and is undone with it", { hint });
  }
  if (row.thing === "fact" && row.before === null && row.after === null) {
    throw new SparkyError("conflict", "what this fact was is forgotten");
  }
  if (row.undone_by !== null) {
    const hint = `to have it back, undo change ${row.undone_by}`;
    throw new SparkyError("conflict", "this change is undone already", { hint });
  }
  return row;
}

const fieldsOf = (json: string | null): Fields | null => (json === null ? null : parseData(json));

async function note(tx: Tx, by: ChangedBy, row: Row, partOf: number | undefined): Promise<number> {
  const [before, after] = [fieldsOf(row.after), fieldsOf(row.before)];
  const id = await noteChange(tx.db, by, {
    ...{ thing: row.thing, id: row.thing_id, nodeId: row.node_id, otherId: row.other_id ?? undefined },
    ...{ name: row.name, ownerId: row.owner_id, before, after, partOf },
    op: after === null ? undefined : "restored",
  });
  if (id === null) throw new Error(`the undoing of change ${row.id} was not noted`);
  return id;
}

const marked = (tx: Tx, id: number, undo: number) =>
  tx.db.updateTable("graph_changes").set({ undone_by: undo }).where("id", "=", id).execute();

/** `undo`: the change that this is; what is newer than the row came before it. */
async function putBack(tx: Tx, viewer: User, row: Row, undo: number): Promise<void> {
  const thing = THINGS[row.thing];
  if (thing === undefined) throw new SparkyError("invalid_input", `a ${row.thing} is put right on its own page`);
  const [was, became] = [fieldsOf(row.before), fieldsOf(row.after)];
  const now = await thing.read(tx, row.thing_id);
  if (became === null) {
    if (now !== null) throw await newer(tx, viewer, row, undo, "is there again");
    if (was !== null) await thing.add(tx, row.thing_id, row.owner_id, was);
    return;
  }
  if (now === null) throw await newer(tx, viewer, row, undo, "is no longer there");
  if (was === null) {
    // New things are told with all they had: anything else came later.
    if (!isDeepStrictEqual(now.fields, became)) throw await newer(tx, viewer, row, undo, "has changed since");
    return thing.remove(tx, row.thing_id, now);
  }
  const same = Object.entries(became).every(([field, value]) => isDeepStrictEqual(now.fields[field], value));
  if (!same) throw await newer(tx, viewer, row, undo, "has changed since");
  const kept = Object.entries(now.fields).filter(([field]) => !Object.hasOwn(became, field));
  await thing.change(tx, row.thing_id, { ...Object.fromEntries(kept), ...was });
}

/** Names the newest change of the thing that stands in the way; of another's private thing not what it is. */
async function newer(tx: Tx, viewer: User, row: Row, undo: number, how: string): Promise<SparkyError> {
  const last = await tx.db
    .selectFrom("graph_changes")
    .select(["id", "part_of"])
    .where("thing_id", "=", row.thing_id)
    .where("id", ">", row.id)
    .where("id", "<", undo)
    .where("undone_by", "is", null)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const hint = last === undefined ? "look at its history" : `undo change ${last.part_of ?? last.id} first`;
  const isAnothers = row.owner_id !== null && row.owner_id !== viewer.id;
  return new SparkyError("conflict", `${isAnothers ? "something of another person" : `"${row.name}"`} ${how}`, {
    hint,
  });
}
