import { sql } from "kysely";
import { visibleGraph } from "./visible.ts";
import type { Db } from "../database/sql.ts";

export interface GraphStats {
  readonly nodes: number;
  readonly edges: number;
  /** How many of each type, the most frequent first. */
  readonly nodeTypes: { readonly [type: string]: number };
  readonly edgeTypes: { readonly [type: string]: number };
}

export async function graphStats(db: Db, userId: string): Promise<GraphStats> {
  const { rows } = await sql<{ part: "node" | "edge"; type: string; n: number }>`
    WITH ${visibleGraph(userId)}
    SELECT 'node' AS part, type, count(*) AS n FROM node GROUP BY type
    UNION ALL
    SELECT 'edge', type, count(*) FROM edge GROUP BY type
    ORDER BY n DESC, type`.execute(db);
  const count = (part: "node" | "edge") => {
    const own = rows.filter((row) => row.part === part);
    return {
      total: own.reduce((sum, row) => sum + row.n, 0),
      types: Object.fromEntries(own.map((row) => [row.type, row.n])),
    };
  };
  const nodes = count("node");
  const edges = count("edge");
  return { nodes: nodes.total, edges: edges.total, nodeTypes: nodes.types, edgeTypes: edges.types };
}
