import { sql } from "kysely";
import { visible, type Whose } from "./visible.ts";
import type { Db } from "../database/sql.ts";

export interface GraphStats {
  readonly nodes: number;
  readonly edges: number;
  /** How many of each type, the most frequent first. */
  readonly nodeTypes: { readonly [type: string]: number };
  readonly edgeTypes: { readonly [type: string]: number };
}

/** How many nodes there are. */
export async function nodesSeen(db: Db, whose: Whose): Promise<number> {
  const { rows } = await sql<{ n: number | null }>`
    SELECT CAST(sum(n) AS BIGINT) AS n FROM graph_counts
    WHERE part = 'node' AND ${visible(whose, "graph_counts")}`.execute(db);
  return rows[0]?.n ?? 0;
}

export async function graphStats(db: Db, whose: Whose): Promise<GraphStats> {
  const { rows } = await sql<{ part: "node" | "edge"; type: string; total: number }>`
    SELECT part, type, CAST(sum(n) AS BIGINT) AS total FROM graph_counts WHERE ${visible(whose, "graph_counts")}
    GROUP BY part, type HAVING sum(n) > 0 ORDER BY total DESC, type`.execute(db);
  const count = (part: "node" | "edge") => {
    const own = rows.filter((row) => row.part === part);
    return {
      total: own.reduce((sum, row) => sum + row.total, 0),
      types: Object.fromEntries(own.map((row) => [row.type, row.total])),
    };
  };
  const nodes = count("node");
  const edges = count("edge");
  return { nodes: nodes.total, edges: edges.total, nodeTypes: nodes.types, edgeTypes: edges.types };
}
