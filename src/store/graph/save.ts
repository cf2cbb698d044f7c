import { isDeepStrictEqual } from "node:util";
import { sql } from "kysely";
import type { Json } from "../../core/events.ts";
import { aliased } from "./aliases.ts";
import { edgeName, noteChange, noteChanges, type Changed, type RunPlace } from "./changes.ts";
import { edgeFields, nodeFields } from "./fields.ts";
import {
  inScope,
  parseData,
  scopeOf,
  visible,
  type NodeLabel,
  type Reader,
  type Scope,
  type Whose,
} from "./visible.ts";
import type { NodeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/**
 * Writes of one node or edge: what is there already is kept, what is new is merged in, and what changed is noted. Whoever calls
 * these counts what is new.
 */

export type Data = { readonly [key: string]: Json };

export interface NewNode {
  readonly type: string;
  readonly name: string;
  readonly content?: string | undefined;
  readonly data?: Data | undefined;
}

/** What a thing keeps that was elsewhere before; its id must be nobody's here. */
export interface Origin {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface GraphWriter extends Scope {
  readonly userId: string;
  readonly now: number;
  /** The call that writes; absent: a person does. */
  readonly run?: RunPlace | undefined;
  newId(): string;
}

/** What a run learns belongs to whose memory it reads; where others read its chat, it is apart from what is theirs elsewhere. */
export function writerOf({ viewer, within }: Reader, tx: Tx, run: RunPlace): GraphWriter {
  return { userId: viewer.id, ownerId: viewer.id, within, now: tx.now, run, newId: () => tx.newId() };
}

/** What the writer may know of, and so name and find. */
export function seenBy({ userId, within = null }: GraphWriter): Whose {
  return { viewer: { id: userId }, within };
}

export interface OwnedNode extends NodeLabel {
  readonly owner_id: string | null;
  readonly chat_id: string | null;
  /** Names that it had before others were merged into it. */
  readonly aliases?: readonly string[];
}

/** Whether it stands where the writer writes. */
export function isOwn({ owner_id, chat_id }: OwnedNode, { ownerId, within = null }: Scope): boolean {
  return owner_id === ownerId && chat_id === within;
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

/** A node that was merged into another is that other one. */
export async function saveNode(
  db: Db,
  writer: GraphWriter,
  node: NewNode & { readonly from?: Origin },
): Promise<SavedNode> {
  const shared = writer.ownerId === null ? undefined : await sharedOne(db, node);
  if (shared !== undefined) return { ...shared, change: "unchanged" };
  const { ownerId } = writer;
  const { id, createdAt, updatedAt } = originOf(writer, node.from);
  const known = await nowCalled(db, writer, node);
  const { type, name } = known ?? node;
  const own = scopeOf(writer);
  const fresh = { ...own, type, name, content: node.content ?? "", data: textOf(node.data), created_at: createdAt };
  // A conflict changes nothing but locks the row and returns what it holds.
  const row = await db
    .insertInto("nodes")
    .values({ id, ...fresh, updated_at: updatedAt })
    .onConflict((oc) =>
      oc
        .expression(sql`coalesce(owner_id, ''), coalesce(chat_id, ''), type, name`)
        .doUpdateSet((eb) => ({ id: eb.ref("nodes.id") })),
    )
    .returning(["id", "content", "data"])
    .executeTakeFirstOrThrow();
  if (row.id === id) {
    await toBeIndexed(db, id);
    const noted = { thing: "node", id, nodeId: id, name, ownerId } as const;
    await noteChange(db, writer, { ...noted, before: null, after: nodeFields(fresh, []) });
    return { id, type, name, change: "created" };
  }
  const content = node.content || row.content;
  const data = mergedData(row.data, node.data);
  if (content === row.content && data === row.data) return { id: row.id, type, name, change: "unchanged" };
  await changeNode(db, writer, { ...row, name, owner_id: ownerId }, { content, data });
  return { id: row.id, type, name, change: "updated" };
}

/** Gives a node that is there another content and other data. */
export async function changeNode(
  db: Db,
  writer: Pick<GraphWriter, "userId" | "now" | "run">,
  row: Pick<NodeRow, "id" | "name" | "owner_id" | "content" | "data">,
  to: Pick<NodeRow, "content" | "data">,
): Promise<void> {
  const { content, data } = to;
  await db.updateTable("nodes").set({ content, data, updated_at: writer.now }).where("id", "=", row.id).execute();
  await toBeIndexed(db, row.id);
  await noteChange(db, writer, {
    ...{ thing: "node", id: row.id, nodeId: row.id, name: row.name, ownerId: row.owner_id },
    before: { content: row.content, data: parseData(row.data) },
    after: { content, data: parseData(data) },
  });
}

const originOf = (writer: GraphWriter, from: Origin | undefined): Origin =>
  from ?? { id: writer.newId(), createdAt: writer.now, updatedAt: writer.now };

/** What the node is called that this one was merged into; nothing where there is a node of this very name. */
async function nowCalled(db: Db, scope: Scope, { type, name }: NewNode): Promise<NodeLabel | undefined> {
  const other = await aliased(db, scope, { type, name });
  if (other === undefined) return undefined;
  const { rows } = await sql`
    SELECT id FROM nodes WHERE ${inScope(scope, "nodes")} AND type = ${type} AND name = ${name}`.execute(db);
  return rows.length === 0 ? other : undefined;
}

/** A node that all share and that says already what is to be said: no second one is made beside it. */
async function sharedOne(db: Db, { type, name, content = "", data }: NewNode): Promise<NodeLabel | undefined> {
  const row = await db
    .selectFrom("nodes")
    .select(["id", "content", "data"])
    .where(inScope({ ownerId: null }, "nodes"))
    .where("type", "=", type)
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined || (content !== "" && content !== row.content)) return undefined;
  return mergedData(row.data, data) === row.data ? { id: row.id, type, name } : undefined;
}

/** With the change itself, so that the index of recall misses none: a mark that is being taken off is waited for. */
export async function toBeIndexed(db: Db, ...nodeIds: readonly string[]): Promise<void> {
  await db
    .insertInto("recall_nodes")
    .values(nodeIds.map((id) => ({ node_id: id })))
    .onConflict((oc) => oc.column("node_id").doUpdateSet((eb) => ({ node_id: eb.ref("excluded.node_id") })))
    .execute();
}

/** A node that is new, with its id. */
type FreshNode = Omit<NodeRow, "owner_id" | "chat_id">;

/**
 * Nodes of one scope, none of which was there a moment ago, in one order for all who write; gives the ids of those that were not
 * there now either. What another has added meanwhile is as it was.
 */
export async function addNodes(db: Db, writer: GraphWriter, nodes: readonly FreshNode[]): Promise<ReadonlySet<string>> {
  const rows = nodes.map((node) => ({ ...node, ...scopeOf(writer) }));
  const added = await db
    .insertInto("nodes")
    .values(rows)
    .onConflict((oc) => oc.expression(sql`coalesce(owner_id, ''), coalesce(chat_id, ''), type, name`).doNothing())
    .returning("id")
    .execute();
  const ids = new Set(added.map(({ id }) => id));
  if (ids.size === 0) return ids;
  await toBeIndexed(db, ...ids);
  const noted = rows.filter(({ id }) => ids.has(id));
  await noteChanges(
    db,
    writer,
    noted.map((row) => ({
      ...{ thing: "node", id: row.id, nodeId: row.id, name: row.name, ownerId: row.owner_id },
      ...{ before: null, after: nodeFields(row, []) },
    })),
  );
  return ids;
}

interface FreshEdge {
  readonly id: string;
  readonly ownerId: string | null;
  readonly source: NodeLabel;
  readonly target: NodeLabel;
  readonly type: string;
  readonly data: string;
  readonly createdAt: number;
}

/** The same of edges. */
export async function addEdges(db: Db, writer: GraphWriter, edges: readonly FreshEdge[]): Promise<ReadonlySet<string>> {
  const rows = edges.map(({ id, ownerId, source, target, type, data, createdAt }) => ({
    ...{ id, ...scopeOf({ ownerId, within: writer.within }) },
    ...{ source: source.id, target: target.id, type, data, created_at: createdAt },
  }));
  const added = await db
    .insertInto("edges")
    .values(rows)
    .onConflict((oc) =>
      oc.expression(sql`source, target, type, coalesce(owner_id, ''), coalesce(chat_id, '')`).doNothing(),
    )
    .returning("id")
    .execute();
  const ids = new Set(added.map(({ id }) => id));
  const noted = edges.flatMap(({ source, target }, at): readonly Changed[] => {
    const row = rows[at];
    if (row === undefined || !ids.has(row.id)) return [];
    const name = edgeName(source.name, row.type, target.name);
    const ends = { nodeId: source.id, otherId: target.id };
    return [{ thing: "edge", id: row.id, ...ends, name, ownerId: row.owner_id, before: null, after: edgeFields(row) }];
  });
  await noteChanges(db, writer, noted);
  return ids;
}

export async function saveEdge(
  db: Db,
  writer: GraphWriter,
  edge: { source: OwnedNode; target: OwnedNode; type: string; data?: Data | undefined; from?: Origin },
): Promise<SavedEdge> {
  const { type } = edge;
  const [source, target] = [labelOf(edge.source), labelOf(edge.target)];
  const existing = await db
    .selectFrom("edges")
    .select(["id", "data", "owner_id"])
    .where("source", "=", source.id)
    .where("target", "=", target.id)
    .where("type", "=", type)
    .where(visible(seenBy(writer), "edges"))
    .execute();
  const ownerId = edgeOwner(writer, edge);
  const same = existing.find((row) => mergedData(row.data, edge.data) === row.data);
  if (same !== undefined) return { id: same.id, type, source, target, change: "unchanged" };

  const { id, createdAt } = originOf(writer, edge.from);
  const ends = { type, source: source.id, target: target.id };
  const own = { owner_id: ownerId, chat_id: writer.within ?? null };
  const fresh = { ...own, ...ends, data: textOf(edge.data), created_at: createdAt };
  const row = await db
    .insertInto("edges")
    .values({ id, ...fresh })
    .onConflict((oc) =>
      oc
        .expression(sql`source, target, type, coalesce(owner_id, ''), coalesce(chat_id, '')`)
        .doUpdateSet((eb) => ({ id: eb.ref("edges.id") })),
    )
    .returning(["id", "data"])
    .executeTakeFirstOrThrow();
  const name = edgeName(source.name, type, target.name);
  const noted = { thing: "edge", id: row.id, nodeId: source.id, otherId: target.id, name, ownerId } as const;
  if (row.id === id) {
    await noteChange(db, writer, { ...noted, before: null, after: edgeFields(fresh) });
    return { id, type, source, target, change: "created" };
  }
  const data = mergedData(row.data, edge.data);
  if (data === row.data) return { id: row.id, type, source, target, change: "unchanged" };
  await db.updateTable("edges").set({ data }).where("id", "=", row.id).execute();
  const [before, after] = [{ data: parseData(row.data) }, { data: parseData(data) }];
  await noteChange(db, writer, { ...noted, before, after });
  return { id: row.id, type, source, target, change: "updated" };
}

/** An edge is shared only where both its ends are. */
export const edgeOwner = (
  writer: Pick<GraphWriter, "ownerId">,
  { source, target }: { readonly source: OwnedNode; readonly target: OwnedNode },
): string | null => writer.ownerId ?? source.owner_id ?? target.owner_id;

const labelOf = ({ id, type, name }: NodeLabel): NodeLabel => ({ id, type, name });
const textOf = (data: Data | undefined): string => JSON.stringify(data ?? {});

/** The same text as before when nothing new came. */
function mergedData(before: string, more: Data | undefined): string {
  const old = parseData(before);
  const merged = { ...old, ...more };
  return isDeepStrictEqual(old, merged) ? before : JSON.stringify(merged);
}
