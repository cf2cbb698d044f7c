import { sql, type RawBuilder } from "kysely";
import { visible } from "./visible.ts";
import type { Store } from "../database/store.ts";

/** An edge as a way away from `at`. */
export interface Link {
  readonly at: string;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly target: string;
}

export const otherEnd = ({ at, source, target }: Link): string => (source === at ? target : source);

/**
 * At most `each` edges that leave each of the nodes, and as many that lead there, by the id of the other end. On SQLite no others
 * are read, be they ever so many; PostgreSQL may look at each of a node's edges once.
 */
export async function linksOf(
  { db, kind }: Pick<Store, "db" | "kind">,
  userId: string,
  ids: readonly string[],
  each: number,
): Promise<readonly Link[]> {
  if (ids.length === 0) return [];
  const some = (end: "source" | "target", other: "source" | "target"): RawBuilder<unknown> => {
    const of = (at: RawBuilder<unknown>): RawBuilder<unknown> => sql`
      WHERE ${sql.ref(`o.${end}`)} = ${at} AND ${visible(userId, "o")}
      ORDER BY ${sql.ref(`o.${other}`)}, o.type LIMIT ${each}`;
    return kind === "sqlite"
      ? sql`SELECT f.value AS at, e.id, e.type, e.source, e.target FROM json_each(${JSON.stringify(ids)}) f
          CROSS JOIN edges e ON e.rowid IN (SELECT o.rowid FROM edges o ${of(sql`f.value`)})`
      : sql`SELECT f.at, e.id, e.type, e.source, e.target FROM unnest(${ids}::text[]) AS f(at)
          CROSS JOIN LATERAL (SELECT o.id, o.type, o.source, o.target FROM edges o ${of(sql`f.at`)}) e`;
  };
  const { rows } = await sql<Link>`${some("source", "target")} UNION ALL ${some("target", "source")}`.execute(db);
  const keyed = rows.map((link) => ({ link, key: `${otherEnd(link)} ${link.type} ${link.id}` }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ link }) => link);
}
