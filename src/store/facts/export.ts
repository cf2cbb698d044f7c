import { sql, type RawBuilder } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { AGENT_ID } from "../people/user.ts";
import { visible } from "../graph/visible.ts";
import type { FactKind, FactRow, FactStatus } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** A fact as a file has it. In which chats it was said means nothing elsewhere, so that is left out. */
export interface ExportedFact {
  readonly id: string;
  readonly subject: string;
  readonly subjectName: string;
  readonly relation?: string;
  readonly object?: string;
  readonly text: string;
  /** A line of JSON Lines says by `kind` that it is a fact at all. */
  readonly factKind: FactKind;
  readonly stated: boolean;
  readonly author: string;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly recordedAt: string;
  readonly retiredAt?: string;
  readonly supersededBy?: string;
  readonly uses: number;
  readonly lastUsedAt?: string;
  readonly pinned: boolean;
  readonly status: Exclude<FactStatus, "forgotten">;
  readonly shared: boolean;
}

type Joined = FactRow & { readonly subject_name: string; readonly author: string | null };

const PAGE = 1000;

/** Every fact that the viewer may see, by id and page by page; what is forgotten has no words to tell. */
export async function* exportFacts(db: Db, userId: string): AsyncGenerator<readonly ExportedFact[]> {
  for (let after = ""; ;) {
    const facts = await rowsOf(db, userId, sql<boolean>`f.id > ${after}`, PAGE);
    if (facts.length > 0) yield facts;
    const last = facts.at(-1);
    if (last === undefined || facts.length < PAGE) return;
    after = last.id;
  }
}

/** What is known of some nodes, by node. */
export async function exportedFactsOf(
  db: Db,
  userId: string,
  nodeIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ExportedFact[]>> {
  if (nodeIds.length === 0) return new Map();
  const facts = await rowsOf(db, userId, sql<boolean>`f.subject_id IN (${sql.join(nodeIds)})`);
  return Map.groupBy(facts, ({ subject }) => subject);
}

async function rowsOf(
  db: Db,
  userId: string,
  which: RawBuilder<boolean>,
  most?: number,
): Promise<readonly ExportedFact[]> {
  const limit = most === undefined ? sql`` : sql`LIMIT ${most}`;
  const { rows } = await sql<Joined>`
    SELECT f.*, n.name AS subject_name, u.name AS author FROM facts f
    JOIN nodes n ON n.id = f.subject_id AND ${visible(userId, "n")}
    LEFT JOIN "user" u ON u.id = coalesce(f.author_id, ${AGENT_ID})
    WHERE ${which} AND f.status <> 'forgotten' AND ${visible(userId, "f")} ORDER BY f.id ${limit}`.execute(db);
  return rows.flatMap(factOf);
}

function factOf(row: Joined): readonly ExportedFact[] {
  const { id, text, kind, status } = row;
  if (status === "forgotten") return [];
  const time = (name: string, ms: number | null) => (ms === null ? {} : { [name]: isoTime(ms) });
  return [
    {
      ...{ id, subject: row.subject_id, subjectName: row.subject_name },
      ...(row.relation !== "" && { relation: row.relation }),
      ...(row.object_id !== null && { object: row.object_id }),
      ...{ text, factKind: kind, stated: row.stated === 1, author: row.author ?? "somebody who is gone" },
      ...time("validFrom", row.valid_from),
      ...time("validTo", row.valid_to),
      recordedAt: isoTime(row.recorded_at),
      ...time("retiredAt", row.retired_at),
      ...(row.superseded_by !== null && { supersededBy: row.superseded_by }),
      uses: row.uses,
      ...time("lastUsedAt", row.last_used_at),
      ...{ pinned: row.pinned === 1, status, shared: row.owner_id === null },
    },
  ];
}
