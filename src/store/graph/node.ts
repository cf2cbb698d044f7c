import { sql } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { afterCursor, orderBy, orderSql, pageOf, pageSize, keyText, type PageQuery } from "../database/page.ts";
import { aliasesOf } from "./aliases.ts";
import { parseData, visible, type NodeLabel } from "./visible.ts";
import type { NodeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** A node by itself. */
export interface NodeFacts extends NodeLabel {
  readonly content: string;
  readonly data: { readonly [key: string]: Json };
  /** Everybody sees it; false: its owner alone. */
  readonly shared: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** All that is known of one node. */
export interface GraphNode extends NodeFacts {
  /** What it was called before it was merged into another; absent: it was not. */
  readonly aliases?: readonly string[];
  /** The first of its edges. */
  readonly edges: NodeEdges;
}

/** An edge as one of its ends sees it. */
export interface NodeEdge {
  readonly id: string;
  readonly type: string;
  /** `out`: it leaves this node for `node`. */
  readonly direction: "out" | "in";
  readonly node: NodeLabel;
  readonly data: { readonly [key: string]: Json };
}

export interface NodeEdges {
  readonly items: readonly NodeEdge[];
  readonly next: string | null;
  readonly total: number;
}

/** Throws `not_found` for a node that does not exist or that the viewer may not see. */
export async function graphNode(db: Db, userId: string, nodeId: string): Promise<GraphNode> {
  const row = await db
    .selectFrom("nodes")
    .selectAll()
    .where("id", "=", nodeId)
    .where(visible(userId, "nodes"))
    .executeTakeFirst();
  if (row === undefined) throw notFound(`node ${JSON.stringify(nodeId)}`);
  const aliases = [...new Set((await aliasesOf(db, row.id)).map(({ name }) => name))];
  return { ...nodeOf(row), ...(aliases.length > 0 && { aliases }), edges: await edgesOf(db, userId, row.id, {}) };
}

export function nodeOf(row: NodeRow): NodeFacts {
  const { id, type, name, content } = row;
  return {
    id,
    type,
    name,
    content,
    data: parseData(row.data),
    shared: row.owner_id === null,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}

/** A node's edges both ways, those that leave it first; throws as `graphNode`. */
export async function graphNodeEdges(db: Db, userId: string, nodeId: string, query: PageQuery): Promise<NodeEdges> {
  const { id } = await graphNode(db, userId, nodeId);
  return edgesOf(db, userId, id, query);
}

interface EdgeRow {
  readonly side: 0 | 1;
  readonly edge_id: string;
  readonly edge_type: string;
  readonly data: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

const LEAVING_FIRST = orderBy(
  ["side", "edge_type", "name", "edge_id"],
  z.tuple([z.int32(), keyText, keyText, keyText]),
);

/** Only edges that join the node to another that can be seen: what search counts as its neighbours. */
async function edgesOf(db: Db, userId: string, nodeId: string, query: PageQuery): Promise<NodeEdges> {
  const joined = sql`
    link AS (
      SELECT 0 AS side, id, type, data, target AS other FROM edges WHERE source = ${nodeId} AND ${visible(userId, "edges")}
      UNION ALL
      SELECT 1, id, type, data, source FROM edges WHERE target = ${nodeId} AND ${visible(userId, "edges")}),
    joined AS (
      SELECT l.side, l.id AS edge_id, l.type AS edge_type, l.data, n.id, n.type, n.name
      FROM link l JOIN nodes n ON n.id = l.other AND n.id <> ${nodeId} AND ${visible(userId, "n")})`;
  const { rows: counts } = await sql<{ n: number }>`WITH ${joined} SELECT count(*) AS n FROM joined`.execute(db);
  const { rows } = await sql<EdgeRow>`
    WITH ${joined} SELECT * FROM joined WHERE ${afterCursor(LEAVING_FIRST, query.cursor)}
    ORDER BY ${orderSql(LEAVING_FIRST)} LIMIT ${pageSize(query) + 1}`.execute(db);
  const page = pageOf(rows, query, (row) => [row.side, row.edge_type, row.name, row.edge_id]);
  return {
    items: page.rows.map(({ side, edge_id, edge_type, data, id, type, name }) => ({
      id: edge_id,
      type: edge_type,
      direction: side === 0 ? "out" : "in",
      node: { id, type, name },
      data: parseData(data),
    })),
    next: page.next,
    total: counts[0]?.n ?? 0,
  };
}
