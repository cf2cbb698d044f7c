import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import type { Json } from "../../core/events.ts";
import type { Alias } from "./aliases.ts";
import { nodeOf, type NodeFacts } from "./node.ts";
import { parseData, visible } from "./visible.ts";
import type { EdgeRow, NodeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

export interface ExportedNode extends NodeFacts {
  /** What it was called, before others were merged into it. */
  readonly aliases?: readonly Alias[];
}

export interface ExportedEdge {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly sourceName: string;
  readonly target: string;
  readonly targetName: string;
  readonly data: { readonly [key: string]: Json };
  readonly shared: boolean;
  readonly createdAt: string;
}

const PAGE = 1000;

/**
 * Every node that the viewer may see, by id and page by page, so that no more than a page is held. What changes
 * meanwhile may be in it or not; nothing is in it twice.
 */
export async function* exportNodes(db: Db, userId: string): AsyncGenerator<readonly ExportedNode[]> {
  for (let after = ""; ;) {
    const { rows } = await sql<NodeRow>`
      SELECT * FROM nodes WHERE id > ${after} AND ${visible(userId, "nodes")} ORDER BY id LIMIT ${PAGE}`.execute(db);
    if (rows.length > 0) yield await withAliases(db, rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

/** The rows stand in the order of their ids. */
async function withAliases(db: Db, rows: readonly NodeRow[]): Promise<readonly ExportedNode[]> {
  const [first, last] = [rows[0]?.id ?? "", rows.at(-1)?.id ?? ""];
  const found = await db
    .selectFrom("node_aliases")
    .selectAll()
    .where("node_id", ">=", first)
    .where("node_id", "<=", last)
    .orderBy("type")
    .orderBy("name")
    .execute();
  const aliases = Map.groupBy(found, (alias) => alias.node_id);
  return rows.map((row) => {
    const own = aliases.get(row.id)?.map(({ type, name }) => ({ type, name }));
    return { ...nodeOf(row), ...(own !== undefined && { aliases: own }) };
  });
}

type JoinedEdge = EdgeRow & { readonly source_name: string; readonly target_name: string };

/** The same of the edges: only those whose both ends the viewer may see. */
export async function* exportEdges(db: Db, userId: string): AsyncGenerator<readonly ExportedEdge[]> {
  for (let after = ""; ;) {
    const { rows } = await sql<JoinedEdge>`
      SELECT e.*, s.name AS source_name, t.name AS target_name FROM edges e
      JOIN nodes s ON s.id = e.source AND ${visible(userId, "s")}
      JOIN nodes t ON t.id = e.target AND ${visible(userId, "t")}
      WHERE e.id > ${after} AND ${visible(userId, "e")} ORDER BY e.id LIMIT ${PAGE}`.execute(db);
    if (rows.length > 0) yield rows.map(edgeOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

function edgeOf(row: JoinedEdge): ExportedEdge {
  const { id, type, source, target } = row;
  return {
    id,
    type,
    source,
    sourceName: row.source_name,
    target,
    targetName: row.target_name,
    data: parseData(row.data),
    shared: row.owner_id === null,
    createdAt: isoTime(row.created_at),
  };
}

/** An edge as one of its ends has it. */
export interface NodeLink {
  readonly nodeId: string;
  readonly type: string;
  readonly direction: "out" | "in";
  readonly other: string;
}

/** The edges of some nodes, each once for each of its ends among them. Whether the other end may be seen is not asked here. */
export async function linksOf(db: Db, userId: string, ids: readonly string[]): Promise<readonly NodeLink[]> {
  if (ids.length === 0) return [];
  const some = sql.join(ids);
  const { rows } = await sql<{ node_id: string; side: number; type: string; other: string }>`
    SELECT source AS node_id, 0 AS side, type, target AS other FROM edges
    WHERE source IN (${some}) AND ${visible(userId, "edges")}
    UNION ALL
    SELECT target, 1, type, source FROM edges WHERE target IN (${some}) AND ${visible(userId, "edges")}`.execute(db);
  return rows.map(({ node_id, side, type, other }) => ({
    nodeId: node_id,
    type,
    direction: side === 0 ? "out" : "in",
    other,
  }));
}
