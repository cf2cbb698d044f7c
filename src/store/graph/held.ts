import { sql } from "kysely";
import { ID_LENGTH } from "../../core/ids.ts";
import type { EdgeRow, NodeRow } from "../database/schema.ts";
import { isOneOf, rowsOf } from "../database/many.ts";
import type { Tx } from "../database/store.ts";
import { inScope, visible } from "./visible.ts";

/** What is here already of what a file brings, looked up for many at once. */

export type HeldNode = Pick<
  NodeRow,
  "id" | "owner_id" | "chat_id" | "type" | "name" | "content" | "data" | "updated_at"
>;
export type HeldEdge = Pick<EdgeRow, "id" | "owner_id" | "chat_id" | "source" | "target" | "type" | "data">;

/** Ids of other programs are never ids here. */
export const isOurs = (id: string): boolean => id.length === ID_LENGTH && /^[0-9a-hjkmnp-tv-z]+$/.test(id);

type Looked = Pick<Tx, "db" | "kind">;

/** Which of the ids may be given to something new: they have our form, and belong to nothing, be it seen or not. */
export async function freeIds(
  { db, kind }: Looked,
  table: "nodes" | "edges",
  ids: readonly string[],
): Promise<Set<string>> {
  const free = new Set(ids.filter(isOurs));
  if (free.size === 0) return free;
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ${sql.table(table)} WHERE ${isOneOf(kind, "id", [...free])}`.execute(db);
  for (const { id } of rows) free.delete(id);
  return free;
}

/** Those that the person may see. */
export async function nodesById(
  { db, kind }: Looked,
  userId: string,
  ids: readonly string[],
): Promise<readonly HeldNode[]> {
  const ours = ids.filter(isOurs);
  if (ours.length === 0) return [];
  const { rows } = await sql<HeldNode>`
    SELECT id, owner_id, chat_id, type, name, content, data, updated_at FROM nodes
    WHERE ${isOneOf(kind, "id", ours)} AND ${visible(userId, "nodes")}`.execute(db);
  return rows;
}

export interface NodeName {
  readonly type: string;
  readonly name: string;
}

/** Under each of these names: the node that bears it, else the one that did before others were merged into it. */
export async function nodesByName(
  { db, kind }: Looked,
  ownerId: string | null,
  names: readonly NodeName[],
): Promise<readonly { readonly called: NodeName; readonly node: HeldNode }[]> {
  if (names.length === 0) return [];
  const each = [...new Map(names.map((named) => [JSON.stringify([named.type, named.name]), named])).values()];
  const wanted = rowsOf(kind, "w", { type: each.map(({ type }) => type), name: each.map(({ name }) => name) });
  const columns = sql`n.id, n.owner_id, n.chat_id, n.type, n.name, n.content, n.data, n.updated_at, w.type AS called_type, w.name AS called`;
  type Found = HeldNode & { called_type: string; called: string };
  const { rows: former } = await sql<Found>`
    SELECT ${columns} FROM ${wanted} CROSS JOIN node_aliases a CROSS JOIN nodes n
    WHERE n.id = a.node_id AND a.name = w.name AND a.type = w.type AND ${inScope({ ownerId }, "n")} ORDER BY n.id DESC`.execute(
    db,
  );
  const { rows: now } = await sql<Found>`
    SELECT ${columns} FROM ${wanted} CROSS JOIN nodes n
    WHERE ${inScope({ ownerId }, "n")} AND n.type = w.type AND n.name = w.name`.execute(db);
  return [...former, ...now].map(({ called_type: type, called: name, ...node }) => ({ called: { type, name }, node }));
}

/** All between these ends and of these types that the person may see. */
export async function edgesLike(
  { db, kind }: Looked,
  userId: string,
  wanted: readonly Pick<EdgeRow, "source" | "target" | "type">[],
): Promise<readonly HeldEdge[]> {
  if (wanted.length === 0) return [];
  const each = [
    ...new Map(wanted.map((edge) => [JSON.stringify([edge.source, edge.target, edge.type]), edge])).values(),
  ];
  const rows = rowsOf(kind, "w", {
    source: each.map(({ source }) => source),
    target: each.map(({ target }) => target),
    type: each.map(({ type }) => type),
  });
  const { rows: found } = await sql<HeldEdge>`
    SELECT e.id, e.owner_id, e.chat_id, e.source, e.target, e.type, e.data FROM ${rows} CROSS JOIN edges e
    WHERE e.source = w.source AND e.target = w.target AND e.type = w.type AND ${visible(userId, "e")}`.execute(db);
  return found;
}
