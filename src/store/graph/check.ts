import { sql, type RawBuilder } from "kysely";
import { visibleGraph, type NodeLabel } from "./visible.ts";
import type { Db } from "../database/sql.ts";

/** What is found of one kind: all of it counted, some of it shown. */
export interface Finding<T> {
  readonly count: number;
  readonly examples: readonly T[];
}

export interface EdgeLabel {
  readonly id: string;
  readonly type: string;
  /** `name` is null where the end cannot be seen. */
  readonly source: { readonly id: string; readonly name: string | null };
  readonly target: { readonly id: string; readonly name: string | null };
}

export interface GraphCheck {
  readonly nodes: number;
  readonly edges: number;
  /** Nothing was found that needs care. */
  readonly ok: boolean;
  /** Nodes that no edge joins to another. */
  readonly isolated: Finding<NodeLabel>;
  /** Edges with an end that is missing, or that the viewer may not see. */
  readonly dangling: Finding<EdgeLabel>;
  readonly selfLoops: Finding<EdgeLabel>;
  /** Names that several nodes bear when case, `_`, `-` and blanks at the ends are ignored. */
  readonly duplicates: Finding<{ readonly name: string; readonly nodes: readonly NodeLabel[] }>;
  readonly emptyContent: Finding<NodeLabel>;
}

const EXAMPLES = 20;
const NODES_A_NAME = 5;

export async function graphCheck(db: Db, userId: string): Promise<GraphCheck> {
  const graph = visibleGraph(userId);
  const { rows: totals } = await sql<{ nodes: number; edges: number }>`
    WITH ${graph} SELECT (SELECT count(*) FROM node) AS nodes, (SELECT count(*) FROM edge) AS edges`.execute(db);
  const isolated = await nodesWhere(
    db,
    graph,
    sql`id NOT IN (SELECT source FROM sound) AND id NOT IN (SELECT target FROM sound)`,
  );
  const emptyContent = await nodesWhere(db, graph, sql`trim(content) = ''`);
  const dangling = await edgesWhere(db, graph, sql`NOT whole`);
  const selfLoops = await edgesWhere(db, graph, sql`whole AND source = target`);
  const duplicates = await sameNames(db, graph);
  const findings = [isolated, emptyContent, dangling, selfLoops, duplicates];
  return {
    nodes: totals[0]?.nodes ?? 0,
    edges: totals[0]?.edges ?? 0,
    ok: findings.every((finding) => finding.count === 0),
    isolated,
    dangling,
    selfLoops,
    duplicates,
    emptyContent,
  };
}

async function nodesWhere(db: Db, graph: RawBuilder<unknown>, test: RawBuilder<unknown>): Promise<Finding<NodeLabel>> {
  const { rows } = await sql<NodeLabel & { n: number }>`
    WITH ${graph} SELECT id, type, name, count(*) OVER () AS n FROM node WHERE ${test}
    ORDER BY name, id LIMIT ${EXAMPLES}`.execute(db);
  return { count: rows[0]?.n ?? 0, examples: rows.map(({ id, type, name }) => ({ id, type, name })) };
}

interface EdgeEnds {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly source_name: string | null;
  readonly target_name: string | null;
  readonly n: number;
}

async function edgesWhere(db: Db, graph: RawBuilder<unknown>, test: RawBuilder<unknown>): Promise<Finding<EdgeLabel>> {
  const { rows } = await sql<EdgeEnds>`
    WITH ${graph} SELECT id, type, source, target, source_name, target_name, count(*) OVER () AS n
    FROM edge WHERE ${test} ORDER BY type, id LIMIT ${EXAMPLES}`.execute(db);
  const examples = rows.map((row) => ({
    id: row.id,
    type: row.type,
    source: { id: row.source, name: row.source_name },
    target: { id: row.target, name: row.target_name },
  }));
  return { count: rows[0]?.n ?? 0, examples };
}

async function sameNames(db: Db, graph: RawBuilder<unknown>): Promise<GraphCheck["duplicates"]> {
  const plain = sql`lower(trim(replace(replace(name, '_', ' '), '-', ' ')))`;
  const { rows } = await sql<NodeLabel & { plain: string; n: number }>`
    WITH ${graph},
    plainly AS (SELECT id, type, name, ${plain} AS plain FROM node),
    shared_name AS (
      SELECT plain, count(*) AS uses, count(*) OVER () AS n FROM plainly GROUP BY plain HAVING count(*) > 1
      ORDER BY uses DESC, plain LIMIT ${EXAMPLES}),
    placed AS (
      SELECT p.id, p.type, p.name, s.plain, s.uses, s.n,
        row_number() OVER (PARTITION BY s.plain ORDER BY p.type, p.name, p.id) AS place
      FROM shared_name s JOIN plainly p ON p.plain = s.plain)
    SELECT id, type, name, plain, n FROM placed WHERE place <= ${NODES_A_NAME}
    ORDER BY uses DESC, plain, place`.execute(db);
  const names = Map.groupBy(rows, (row) => row.plain);
  const examples = [...names].map(([name, nodes]) => ({
    name,
    nodes: nodes.map((node) => ({ id: node.id, type: node.type, name: node.name })),
  }));
  return { count: rows[0]?.n ?? 0, examples };
}
