import { sql, type RawBuilder } from "kysely";
import { soundText } from "../../core/text.ts";
import type { EngineKind } from "./store.ts";

/** Many values in a statement as one or a few: its text stays short however many there are, and so does what planning it takes. */

type Values = readonly string[] | readonly number[];

/** True where the column's text is one of these. */
export function isOneOf(
  kind: EngineKind,
  column: string | RawBuilder<string>,
  values: readonly string[],
): RawBuilder<boolean> {
  const text = typeof column === "string" ? sql.ref(column) : column;
  return kind === "sqlite"
    ? sql<boolean>`${text} IN (SELECT value FROM json_each(${JSON.stringify(values.map(soundText))}))`
    : sql<boolean>`${text} = ANY(${values}::text[])`;
}

/** Rows to select from; all columns have as many values. Joined by `CROSS JOIN`, it is what SQLite begins with. */
export function rowsOf(
  kind: EngineKind,
  name: string,
  columns: { readonly [column: string]: Values },
): RawBuilder<unknown> {
  const [names, lists] = [Object.keys(columns), Object.values(columns)];
  if (kind === "postgres") {
    const arrays = lists.map((list) => (typeof list[0] === "number" ? sql`${list}::bigint[]` : sql`${list}::text[]`));
    return sql`unnest(${sql.join(arrays)}) AS ${sql.id(name)}(${sql.join(names.map((each) => sql.id(each)))})`;
  }
  const rows = (lists[0] ?? []).map((_, at) => lists.map((list) => soundOf(list[at])));
  const selected = names.map((each, at) => sql`value ->> ${sql.lit(at)} AS ${sql.id(each)}`);
  return sql`(SELECT ${sql.join(selected)} FROM json_each(${JSON.stringify(rows)})) AS ${sql.id(name)}`;
}

const soundOf = (value: string | number | undefined): string | number | undefined =>
  typeof value === "string" ? soundText(value) : value;
