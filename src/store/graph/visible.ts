import { sql, type RawBuilder } from "kysely";
import type { Json } from "../../core/events.ts";

/** A node as it is named in every result. */
export interface NodeLabel {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** Rows of `nodes` and `edges`: what is shared by all members, and what is the viewer's own. */
export function visible(userId: string, table: string): RawBuilder<boolean> {
  const owner = sql.ref(`${table}.owner_id`);
  return sql<boolean>`(${owner} IS NULL OR ${owner} = ${userId})`;
}

/**
 * The viewer's graph as relations to select from: `node`; `edge`, with its ends' names and whether both can be seen;
 * `sound`: the edges that join two different nodes that can be seen. Counts come from these alone, so they agree.
 */
export function visibleGraph(userId: string): RawBuilder<unknown> {
  return sql`
    node AS (SELECT * FROM nodes WHERE ${visible(userId, "nodes")}),
    edge AS (
      SELECT e.*, s.name AS source_name, t.name AS target_name, s.id IS NOT NULL AND t.id IS NOT NULL AS whole
      FROM edges e LEFT JOIN node s ON s.id = e.source LEFT JOIN node t ON t.id = e.target
      WHERE ${visible(userId, "e")}),
    sound AS (SELECT * FROM edge WHERE whole AND source <> target)`;
}

export function parseData(text: string): { [key: string]: Json } {
  const data = JSON.parse(text) as Json;
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data : {};
}
