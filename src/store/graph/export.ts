import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import type { Json } from "../../core/events.ts";
import { nodeOf, type NodeFacts } from "./node.ts";
import { parseData, visible } from "./visible.ts";
import type { EdgeRow, NodeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

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
export async function* exportNodes(db: Db, userId: string): AsyncGenerator<readonly NodeFacts[]> {
  for (let after = ""; ;) {
    const { rows } = await sql<NodeRow>`
      SELECT * FROM nodes WHERE id > ${after} AND ${visible(userId, "nodes")} ORDER BY id LIMIT ${PAGE}`.execute(db);
    if (rows.length > 0) yield rows.map(nodeOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
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
