import { sql } from "kysely";
import { graphCheck, type Finding, type GraphCheck } from "../graph/check.ts";
import { visible, type NodeLabel, type Whose } from "../graph/visible.ts";
import { isSingle } from "../facts/relation.ts";
import type { FactStatus } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

export interface FactLabel {
  readonly id: string;
  readonly text: string;
}

/** The graph, and what is known of its nodes. */
export interface MemoryCheck extends GraphCheck {
  /** Facts of which there is one at a time, and that hold side by side. */
  readonly contraryFacts: Finding<{
    readonly subject: NodeLabel;
    readonly relation: string;
    readonly facts: readonly FactLabel[];
  }>;
  /** Facts that a run has learned from messages of which none is left. */
  readonly unsourced: Finding<FactLabel & { readonly subject: NodeLabel }>;
}

const EXAMPLES = 20;
const FACTS_SHOWN = 5;
const ACTIVE: FactStatus = "active";

type Row = FactLabel & { readonly subject_id: string; readonly type: string; readonly name: string };

export async function checkMemory(db: Db, whose: Whose, now: number): Promise<MemoryCheck> {
  const graph = await graphCheck(db, whose);
  const contraryFacts = await contrary(db, whose, now);
  const unsourced = await withoutSource(db, whose);
  return { ...graph, ok: graph.ok && contraryFacts.count + unsourced.count === 0, contraryFacts, unsourced };
}

async function contrary(db: Db, whose: Whose, now: number): Promise<MemoryCheck["contraryFacts"]> {
  const { rows } = await sql<Row & { relation: string; owner_id: string | null; chat_id: string | null }>`
    WITH known AS (
      SELECT f.* FROM facts f
      WHERE f.status = ${ACTIVE} AND f.relation <> '' AND ${visible(whose, "f")}
        AND (f.valid_to IS NULL OR f.valid_to > ${now})),
    several AS (
      SELECT subject_id, relation, coalesce(owner_id, '') AS owner, coalesce(chat_id, '') AS chat FROM known
      GROUP BY 1, 2, 3, 4 HAVING count(*) > 1)
    SELECT k.id, k.text, k.subject_id, k.relation, k.owner_id, k.chat_id, n.type, n.name FROM several s
    JOIN known k ON k.subject_id = s.subject_id AND k.relation = s.relation
      AND coalesce(k.owner_id, '') = s.owner AND coalesce(k.chat_id, '') = s.chat
    JOIN nodes n ON n.id = k.subject_id ORDER BY n.name, k.subject_id, k.relation, k.recorded_at DESC, k.id`.execute(
    db,
  );
  const single = rows.filter((row) => isSingle(row.relation));
  const key = (row: (typeof single)[number]): string =>
    JSON.stringify([row.subject_id, row.relation, row.owner_id, row.chat_id]);
  const groups = [...Map.groupBy(single, key).values()];
  const examples = groups.slice(0, EXAMPLES).flatMap((facts) =>
    facts.slice(0, 1).map((row) => ({
      subject: subjectOf(row),
      relation: row.relation,
      facts: facts.slice(0, FACTS_SHOWN).map(({ id, text }) => ({ id, text })),
    })),
  );
  return { count: groups.length, examples };
}

/** What a person has written down by hand needs none: that was the source. */
async function withoutSource(db: Db, whose: Whose): Promise<MemoryCheck["unsourced"]> {
  const { rows } = await sql<Row & { n: number }>`
    SELECT f.id, f.text, f.subject_id, n.type, n.name, count(*) OVER () AS n FROM facts f
    JOIN nodes n ON n.id = f.subject_id
    WHERE f.status = ${ACTIVE} AND ${visible(whose, "f")}
      AND NOT EXISTS (
        SELECT 1 FROM fact_sources s JOIN chats c ON c.id = s.chat_id AND c.deleted_at IS NULL WHERE s.fact_id = f.id)
      AND EXISTS (SELECT 1 FROM graph_changes g WHERE g.thing_id = f.id AND g.op = 'added' AND g.run_id IS NOT NULL)
    ORDER BY f.recorded_at DESC, f.id LIMIT ${EXAMPLES}`.execute(db);
  const examples = rows.map((row) => ({ id: row.id, text: row.text, subject: subjectOf(row) }));
  return { count: rows[0]?.n ?? 0, examples };
}

const subjectOf = ({ subject_id, type, name }: Row): NodeLabel => ({ id: subject_id, type, name });
