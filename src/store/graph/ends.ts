import { sql } from "kysely";
import { breathe } from "../database/breathe.ts";
import type { Db } from "../database/sql.ts";
import { visible, type NodeLabel } from "./visible.ts";

/** The bare graph, for what looks at all of it. */

const PAGE = 10_000;
const BATCH = 50;

/** The ends of every edge whose both ends the person may see, page by page. */
export async function* edgeEnds(
  db: Db,
  userId: string,
): AsyncGenerator<readonly { readonly source: string; readonly target: string }[]> {
  for (let after = ""; ;) {
    const { rows } = await sql<{ id: string; source: string; target: string }>`
      SELECT e.id, e.source, e.target FROM edges e
      JOIN nodes s ON s.id = e.source AND ${visible(userId, "s")}
      JOIN nodes t ON t.id = e.target AND ${visible(userId, "t")}
      WHERE e.id > ${after} AND ${visible(userId, "e")} ORDER BY e.id LIMIT ${PAGE}`.execute(db);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
    await breathe();
  }
}

export async function labelsOf(
  db: Db,
  userId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NodeLabel>> {
  const labels = new Map<string, NodeLabel>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const { rows } = await sql<NodeLabel>`
      SELECT id, type, name FROM nodes
      WHERE id IN (${sql.join(ids.slice(from, from + BATCH))}) AND ${visible(userId, "nodes")}`.execute(db);
    for (const { id, type, name } of rows) labels.set(id, { id, type, name });
  }
  return labels;
}
