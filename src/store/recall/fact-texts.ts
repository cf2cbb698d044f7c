import { isoTime } from "../../core/clock.ts";
import type { Db } from "../database/sql.ts";
import type { FactKind, RecallItemRow } from "../database/schema.ts";

/** What is told of a fact that was recalled. */
export interface FactText {
  readonly id: string;
  readonly kind: "fact";
  readonly text: string;
  readonly at: string;
  /** What it is about. */
  readonly nodeId: string;
  readonly type: string;
  readonly name: string;
  readonly factKind: FactKind;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  /** The messages that say it, as they are cited. */
  readonly sources: readonly string[];
}

/** By their ids. */
export async function factTexts(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, FactText>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("facts")
    .innerJoin("nodes", "nodes.id", "facts.subject_id")
    .select(["facts.id", "facts.text", "facts.kind", "facts.valid_from", "facts.valid_to", "facts.recorded_at"])
    .select(["nodes.id as node_id", "nodes.type", "nodes.name"])
    .where("facts.id", "in", [...ids])
    .execute();
  const sources = await db
    .selectFrom("fact_sources")
    .innerJoin("chats", "chats.id", "fact_sources.chat_id")
    .select(["fact_sources.fact_id", "fact_sources.chat_id", "fact_sources.seq"])
    .where("fact_sources.fact_id", "in", [...ids])
    .where("chats.deleted_at", "is", null)
    .execute();
  const byFact = Map.groupBy(sources, ({ fact_id }) => fact_id);
  const time = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
  return new Map(
    rows.map(({ id, text, kind, node_id, type, name, ...row }) => [
      id,
      {
        ...{ id, kind: "fact", text, at: isoTime(row.recorded_at), nodeId: node_id, type, name, factKind: kind },
        ...{ validFrom: time(row.valid_from), validTo: time(row.valid_to) },
        sources: (byFact.get(id) ?? []).map(({ chat_id, seq }) => `${chat_id}.${seq}`),
      },
    ]),
  );
}

export const factIdsOf = (rows: readonly RecallItemRow[]): readonly string[] =>
  rows.flatMap(({ fact_id }) => fact_id ?? []);
