import { sql, type RawBuilder } from "kysely";

/** Nodes that look like one and are two: a person has said so. */

/** The two as they are kept: one place for a pair, whichever way it is named. */
export const pairOf = (left: string, right: string): { readonly one: string; readonly other: string } => {
  const [one = "", other = ""] = [left, right].toSorted();
  return { one, other };
};

/** True where these columns are the ids of two that are kept apart. */
export const areApart = (left: string, right: string): RawBuilder<boolean> => sql<boolean>`EXISTS (
  SELECT 1 FROM graph_apart x
  WHERE (x.one = ${sql.ref(left)} AND x.other = ${sql.ref(right)}) OR (x.one = ${sql.ref(right)} AND x.other = ${sql.ref(left)}))`;

/**
 * True for a group of `relation` (with its columns `id` and those of `group`) in which there are two that are not kept apart; in
 * `HAVING`, grouped by these columns.
 */
export function someAreNotApart(relation: string, group: readonly string[]): RawBuilder<boolean> {
  const same = (table: string, other: string): RawBuilder<unknown> =>
    sql.join(
      group.map((column) => sql`${sql.ref(`${table}.${column}`)} = ${sql.ref(`${other}.${column}`)}`),
      sql` AND `,
    );
  return sql<boolean>`count(*) * (count(*) - 1) / 2 > (
    SELECT count(*) FROM graph_apart x
    JOIN ${sql.table(relation)} a ON a.id = x.one AND ${same("a", relation)}
    JOIN ${sql.table(relation)} b ON b.id = x.other AND ${same("b", relation)})`;
}
