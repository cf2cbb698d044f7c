import { sql, type RawBuilder } from "kysely";
import { someAreNotApart } from "./apart.ts";
import { plainSql, SINGLE_VALUED } from "./plain.ts";
import { scopeSql } from "./scope.ts";
import { visible, visibleGraph, type NodeLabel, type Whose } from "./visible.ts";
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
  /** Nodes that no edge joins to another, and of which no fact is known. */
  readonly isolated: Finding<NodeLabel>;
  /** Edges with an end that is missing, or that the viewer may not see. */
  readonly dangling: Finding<EdgeLabel>;
  readonly selfLoops: Finding<EdgeLabel>;
  /** Names that several nodes bear when case, `_`, `-` and blanks at the ends are ignored. */
  readonly duplicates: Finding<{ readonly name: string; readonly nodes: readonly NodeLabel[] }>;
  readonly emptyContent: Finding<NodeLabel>;
  /** Edges of one direction between the same two whose types differ only in case, `_`, `-` and blanks. */
  readonly sameEdges: Finding<{ readonly type: string; readonly edges: readonly EdgeLabel[] }>;
  /** Nodes with several ends of an edge that leads to one thing at a time. */
  readonly contradictions: Finding<{
    readonly node: NodeLabel;
    readonly type: string;
    readonly targets: readonly NodeLabel[];
  }>;
}

const EXAMPLES = 20;
const NODES_A_NAME = 5;

export async function graphCheck(db: Db, whose: Whose): Promise<GraphCheck> {
  const graph = visibleGraph(whose);
  const { rows: totals } = await sql<{ nodes: number; edges: number }>`
    SELECT (SELECT count(*) FROM nodes WHERE ${visible(whose, "nodes")}) AS nodes,
      (SELECT count(*) FROM edges WHERE ${visible(whose, "edges")}) AS edges`.execute(db);
  const isolated = await nodesWhere(
    db,
    graph,
    // Sets against each other, which neither engine does row by row.
    sql`id IN (SELECT id FROM node EXCEPT SELECT source FROM sound EXCEPT SELECT target FROM sound) AND ${unknown(whose)}`,
  );
  const emptyContent = await nodesWhere(db, graph, sql`trim(content) = '' AND ${unknown(whose)}`);
  const dangling = await edgesWhere(db, graph, sql`NOT whole`);
  const selfLoops = await edgesWhere(db, graph, sql`whole AND source = target`);
  const duplicates = await sameNames(db, graph);
  const sameEdges = await alike(db, whose);
  const contradictions = await contrary(db, graph);
  const findings = [isolated, emptyContent, dangling, selfLoops, duplicates, sameEdges, contradictions];
  return {
    nodes: totals[0]?.nodes ?? 0,
    edges: totals[0]?.edges ?? 0,
    ok: findings.every((finding) => finding.count === 0),
    isolated,
    dangling,
    selfLoops,
    duplicates,
    emptyContent,
    sameEdges,
    contradictions,
  };
}

/** Nodes of which nothing is known that is remembered by itself. */
const unknown = (whose: Whose): RawBuilder<unknown> => sql`
  NOT EXISTS (SELECT 1 FROM facts f WHERE f.subject_id = node.id AND f.status = 'active' AND ${visible(whose, "f")})
  AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.object_id = node.id AND f.status = 'active' AND ${visible(whose, "f")})`;

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
  return { count: rows[0]?.n ?? 0, examples: rows.map(labelOf) };
}

const labelOf = (row: Omit<EdgeEnds, "n">): EdgeLabel => ({
  id: row.id,
  type: row.type,
  source: { id: row.source, name: row.source_name },
  target: { id: row.target, name: row.target_name },
});

/** Their ends are looked up of those alone that are told. */
async function alike(db: Db, whose: Whose): Promise<GraphCheck["sameEdges"]> {
  const { rows } = await sql<EdgeEnds & { plain: string }>`
    WITH plainly AS (
      SELECT id, type, source, target, ${scopeSql("edges")} AS whose, ${plainSql("type")} AS plain FROM edges
      WHERE source <> target AND ${visible(whose, "edges")}),
    twice AS (
      SELECT source, target, plain, whose, count(*) OVER () AS n FROM plainly
      GROUP BY source, target, plain, whose HAVING count(*) > 1 ORDER BY plain, source, target LIMIT ${EXAMPLES})
    SELECT p.*, a.name AS source_name, b.name AS target_name, t.n FROM twice t
    JOIN plainly p ON p.source = t.source AND p.target = t.target AND p.plain = t.plain AND p.whose = t.whose
    LEFT JOIN nodes a ON a.id = p.source AND ${visible(whose, "a")}
    LEFT JOIN nodes b ON b.id = p.target AND ${visible(whose, "b")}
    ORDER BY p.plain, p.source, p.target, p.type, p.id`.execute(db);
  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.source, row.target, row.plain]));
  const examples = [...groups.values()].flatMap((edges) =>
    edges.slice(0, 1).map(({ plain }) => ({ type: plain, edges: edges.map(labelOf) })),
  );
  return { count: rows[0]?.n ?? 0, examples };
}

async function contrary(db: Db, graph: RawBuilder<unknown>): Promise<GraphCheck["contradictions"]> {
  const { rows } = await sql<EdgeEnds & { plain: string; source_type: string; target_type: string }>`
    WITH ${graph},
    single AS (SELECT source, target, source_name, target_name, ${plainSql("type")} AS plain FROM sound
      WHERE ${plainSql("type")} IN (${sql.join(SINGLE_VALUED)})),
    several AS (
      SELECT source, plain, count(*) OVER () AS n FROM single GROUP BY source, plain HAVING count(DISTINCT target) > 1
      ORDER BY plain, source LIMIT ${EXAMPLES})
    SELECT DISTINCT s.source, s.source_name, a.type AS source_type, s.target, s.target_name, b.type AS target_type,
      s.plain, v.n
    FROM several v JOIN single s ON s.source = v.source AND s.plain = v.plain
    JOIN nodes a ON a.id = s.source JOIN nodes b ON b.id = s.target
    ORDER BY s.plain, s.source_name, s.source, s.target_name, s.target`.execute(db);
  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.source, row.plain]));
  const examples = [...groups.values()].flatMap((ends) =>
    ends.slice(0, 1).map((row) => ({
      node: { id: row.source, type: row.source_type, name: row.source_name ?? "" },
      type: row.plain,
      targets: ends
        .slice(0, NODES_A_NAME)
        .map((end) => ({ id: end.target, type: end.target_type, name: end.target_name ?? "" })),
    })),
  );
  return { count: rows[0]?.n ?? 0, examples };
}

async function sameNames(db: Db, graph: RawBuilder<unknown>): Promise<GraphCheck["duplicates"]> {
  const plain = plainSql("name");
  const { rows } = await sql<NodeLabel & { plain: string; n: number }>`
    WITH ${graph},
    plainly AS (SELECT id, type, name, ${plain} AS plain FROM node),
    shared_name AS (
      SELECT plain, count(*) AS uses, count(*) OVER () AS n FROM plainly GROUP BY plain
      HAVING count(*) > 1 AND ${someAreNotApart("plainly", ["plain"])}
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
