import { sql } from "kysely";
import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import { jsonSchema } from "../../core/events.ts";
import { aliasesOf, setAliases } from "../graph/aliases.ts";
import { edgeName, type Fields } from "../graph/changes.ts";
import { countThings } from "../graph/counts.ts";
import { edgeFields, nodeFields } from "../graph/fields.ts";
import { toBeIndexed } from "../graph/save.ts";
import { inScope, scopeOf, type Scope } from "../graph/visible.ts";
import type { GraphChangeRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { forgetNodes } from "../recall/indexing.ts";
import type { NodeParts } from "./merged.ts";
import { fact } from "./fact-thing.ts";
import type { Thing } from "./thing.ts";

/** Nodes and edges as the history has them: read, and put back. */

const dataSchema = z.record(z.string(), jsonSchema);
const nodeSchema = z.object({
  type: z.string(),
  name: z.string(),
  content: z.string(),
  data: dataSchema,
  createdAt: z.number(),
  within: z.string().nullable().default(null),
  aliases: z.array(z.object({ type: z.string(), name: z.string() })).default([]),
});
const edgeSchema = z.object({
  type: z.string(),
  source: z.string(),
  target: z.string(),
  data: dataSchema,
  createdAt: z.number(),
  within: z.string().nullable().default(null),
});

export const node: Thing = {
  async read({ db, kind }, id) {
    const rows = db.selectFrom("nodes").selectAll().where("id", "=", id);
    const row = await rows.$if(kind === "postgres", (query) => query.forUpdate()).executeTakeFirst();
    if (row === undefined) return null;
    const fields = nodeFields(row, await aliasesOf(db, id));
    return { name: row.name, nodeId: id, ownerId: row.owner_id, fields };
  },
  async add(tx, id, ownerId, fields) {
    const { type, name, content, data, createdAt, within, aliases } = nodeSchema.parse(fields);
    const scope = { ownerId, within };
    await unlessNamed(tx, scope, { type, name }, null);
    const row = { id, ...scopeOf(scope), type, name, content, data: JSON.stringify(data) };
    await tx.db
      .insertInto("nodes")
      .values({ ...row, created_at: createdAt, updated_at: tx.now })
      .execute();
    await setAliases(tx.db, id, aliases);
    await toBeIndexed(tx.db, id);
    await countThings(tx.db, [{ part: "node", ...scope, type }], 1);
  },
  async change(tx, id, fields) {
    const { type, name, content, data, aliases } = nodeSchema.parse(fields);
    const before = await tx.db
      .selectFrom("nodes")
      .select(["type", "owner_id", "chat_id"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const scope = { ownerId: before.owner_id, within: before.chat_id };
    await unlessNamed(tx, scope, { type, name }, id);
    const set = { type, name, content, data: JSON.stringify(data), updated_at: tx.now };
    await tx.db.updateTable("nodes").set(set).where("id", "=", id).execute();
    await setAliases(tx.db, id, aliases);
    await toBeIndexed(tx.db, id);
    if (type === before.type) return;
    await countThings(tx.db, [{ part: "node", ...scope, type: before.type }], -1);
    await countThings(tx.db, [{ part: "node", ...scope, type }], 1);
  },
  async remove(tx, id, { name, ownerId, fields }) {
    const { rows } = await sql<{ n: number }>`
      SELECT (SELECT count(*) FROM edges WHERE source = ${id}) + (SELECT count(*) FROM edges WHERE target = ${id}) AS n`.execute(
      tx.db,
    );
    const joined = rows[0]?.n ?? 0;
    if (joined > 0) {
      throw new SparkyError("conflict", `"${name}" has ${joined === 1 ? "an edge" : `${joined} edges`} by now`, {
        hint: "undo first what added them",
      });
    }
    const facts = await tx.db
      .selectFrom("facts")
      .select("id")
      .where((eb) => eb.or([eb("subject_id", "=", id), eb("object_id", "=", id)]))
      .where("status", "!=", "forgotten")
      .execute();
    await tx.db.deleteFrom("facts").where("subject_id", "=", id).where("status", "=", "forgotten").execute();
    const objects = tx.db.updateTable("facts").set({ object_id: null }).where("object_id", "=", id);
    await objects.where("status", "=", "forgotten").execute();
    if (facts.length > 0) {
      throw new SparkyError(
        "conflict",
        `"${name}" has ${facts.length === 1 ? "a fact" : `${facts.length} facts`} by now`,
        {
          hint: "undo first what was remembered of it",
        },
      );
    }
    await forgetNodes(tx, [id]);
    await tx.db.deleteFrom("nodes").where("id", "=", id).execute();
    const { type, within } = nodeSchema.parse(fields);
    await countThings(tx.db, [{ part: "node", ownerId, within, type }], -1);
  },
};

async function unlessNamed(
  { db }: Tx,
  scope: Scope,
  { type, name }: { readonly type: string; readonly name: string },
  self: string | null,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM nodes WHERE ${inScope(scope, "nodes")} AND type = ${type} AND name = ${name}`.execute(db);
  if (rows.every(({ id }) => id === self)) return;
  throw new SparkyError("conflict", `there is another ${type} "${name}" by now`, { hint: "merge the two instead" });
}

export const edge: Thing = {
  async read({ db, kind }, id) {
    const rows = db.selectFrom("edges").selectAll().where("id", "=", id);
    const row = await rows.$if(kind === "postgres", (query) => query.forUpdate()).executeTakeFirst();
    if (row === undefined) return null;
    const ends = await db
      .selectFrom("nodes")
      .select(["id", "name"])
      .where("id", "in", [row.source, row.target])
      .execute();
    const nameOf = (end: string): string => ends.find((each) => each.id === end)?.name ?? "?";
    const name = edgeName(nameOf(row.source), row.type, nameOf(row.target));
    return { name, nodeId: row.source, otherId: row.target, ownerId: row.owner_id, fields: edgeFields(row) };
  },
  async add(tx, id, ownerId, fields) {
    const { type, source, target, data, createdAt, within } = edgeSchema.parse(fields);
    const scope = { ownerId, within };
    await unlessJoined(tx, scope, { type, source, target }, null);
    const row = { id, ...scopeOf(scope), source, target, type, data: JSON.stringify(data), created_at: createdAt };
    await tx.db.insertInto("edges").values(row).execute();
    await countThings(tx.db, [{ part: "edge", ...scope, type }], 1);
  },
  async change(tx, id, fields) {
    const { type, source, target, data } = edgeSchema.parse(fields);
    const before = await tx.db
      .selectFrom("edges")
      .select(["type", "owner_id", "chat_id"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    const scope = { ownerId: before.owner_id, within: before.chat_id };
    await unlessJoined(tx, scope, { type, source, target }, id);
    const set = { type, source, target, data: JSON.stringify(data) };
    await tx.db.updateTable("edges").set(set).where("id", "=", id).execute();
    if (type === before.type) return;
    await countThings(tx.db, [{ part: "edge", ...scope, type: before.type }], -1);
    await countThings(tx.db, [{ part: "edge", ...scope, type }], 1);
  },
  async remove(tx, id, { ownerId, fields }) {
    await tx.db.deleteFrom("edges").where("id", "=", id).execute();
    const { type, within } = edgeSchema.parse(fields);
    await countThings(tx.db, [{ part: "edge", ownerId, within, type }], -1);
  },
};

/** Both ends must be there, and no other edge of this kind between them. */
async function unlessJoined(
  { db }: Tx,
  scope: Scope,
  { type, source, target }: { readonly type: string; readonly source: string; readonly target: string },
  self: string | null,
): Promise<void> {
  const ends = await db.selectFrom("nodes").select("id").where("id", "in", [source, target]).execute();
  if (ends.length < 2) {
    throw new SparkyError("conflict", `one of the nodes that "${type}" joined is no longer there`, {
      hint: "undo first what removed it",
    });
  }
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM edges WHERE source = ${source} AND target = ${target} AND type = ${type}
    AND ${inScope(scope, "edges")}`.execute(db);
  if (rows.every(({ id }) => id === self)) return;
  throw new SparkyError("conflict", `there is another "${type}" between the two by now`, {
    hint: "undo first what added it",
  });
}

export const partsOf = (fields: Fields): NodeParts => nodeSchema.parse(fields);
export const THINGS: { readonly [thing in GraphChangeRow["thing"]]?: Thing } = { node, edge, fact };
