import { isDeepStrictEqual } from "node:util";
import { sql } from "kysely";
import type { Json } from "../../core/events.ts";
import { parseData, visible, type NodeLabel } from "./visible.ts";
import type { Db } from "../database/sql.ts";

/** Writes of one node or edge: what is there already is kept, what is new is merged in. */

export type Data = { readonly [key: string]: Json };

export interface NewNode {
  readonly type: string;
  readonly name: string;
  readonly content?: string | undefined;
  readonly data?: Data | undefined;
}

export interface GraphWriter {
  readonly userId: string;
  /** Whose the new nodes and edges are; null: shared by all members. */
  readonly ownerId: string | null;
  readonly now: number;
  newId(): string;
}

export interface OwnedNode extends NodeLabel {
  readonly owner_id: string | null;
}

export type Change = "created" | "updated" | "unchanged";
export type SavedNode = NodeLabel & { readonly change: Change };
export interface SavedEdge {
  readonly id: string;
  readonly type: string;
  readonly source: NodeLabel;
  readonly target: NodeLabel;
  readonly change: Change;
}

export async function saveNode(db: Db, writer: GraphWriter, node: NewNode): Promise<SavedNode> {
  const { type, name } = node;
  const id = writer.newId();
  const fresh = { id, owner_id: writer.ownerId, type, name, content: node.content ?? "", data: textOf(node.data) };
  // A conflict changes nothing but locks the row and returns what it holds.
  const row = await db
    .insertInto("nodes")
    .values({ ...fresh, created_at: writer.now, updated_at: writer.now })
    .onConflict((oc) =>
      oc.expression(sql`coalesce(owner_id, ''), type, name`).doUpdateSet((eb) => ({ id: eb.ref("nodes.id") })),
    )
    .returning(["id", "content", "data"])
    .executeTakeFirstOrThrow();
  if (row.id === id) return { id, type, name, change: "created" };
  const content = node.content || row.content;
  const data = mergedData(row.data, node.data);
  if (content === row.content && data === row.data) return { id: row.id, type, name, change: "unchanged" };
  const update = db.updateTable("nodes").set({ content, data, updated_at: writer.now });
  await update.where("id", "=", row.id).execute();
  return { id: row.id, type, name, change: "updated" };
}

export async function saveEdge(
  db: Db,
  writer: GraphWriter,
  edge: { source: OwnedNode; target: OwnedNode; type: string; data?: Data | undefined },
): Promise<SavedEdge> {
  const { type } = edge;
  const [source, target] = [labelOf(edge.source), labelOf(edge.target)];
  const existing = await db
    .selectFrom("edges")
    .select(["id", "data", "owner_id"])
    .where("source", "=", source.id)
    .where("target", "=", target.id)
    .where("type", "=", type)
    .where(visible(writer.userId, "edges"))
    .execute();
  // An edge is shared only where both its ends are.
  const ownerId = writer.ownerId ?? edge.source.owner_id ?? edge.target.owner_id;
  const same = existing.find((row) => mergedData(row.data, edge.data) === row.data);
  if (same !== undefined) return { id: same.id, type, source, target, change: "unchanged" };

  const id = writer.newId();
  const row = await db
    .insertInto("edges")
    .values({
      id,
      owner_id: ownerId,
      source: source.id,
      target: target.id,
      type,
      data: textOf(edge.data),
      created_at: writer.now,
    })
    .onConflict((oc) =>
      oc
        .expression(sql`source, target, type, coalesce(owner_id, '')`)
        .doUpdateSet((eb) => ({ id: eb.ref("edges.id") })),
    )
    .returning(["id", "data"])
    .executeTakeFirstOrThrow();
  if (row.id === id) return { id, type, source, target, change: "created" };
  const data = mergedData(row.data, edge.data);
  if (data !== row.data) await db.updateTable("edges").set({ data }).where("id", "=", row.id).execute();
  return { id: row.id, type, source, target, change: data === row.data ? "unchanged" : "updated" };
}

const labelOf = ({ id, type, name }: NodeLabel): NodeLabel => ({ id, type, name });
const textOf = (data: Data | undefined): string => JSON.stringify(data ?? {});

/** The same text as before when nothing new came. */
function mergedData(before: string, more: Data | undefined): string {
  const old = parseData(before);
  const merged = { ...old, ...more };
  return isDeepStrictEqual(old, merged) ? before : JSON.stringify(merged);
}
