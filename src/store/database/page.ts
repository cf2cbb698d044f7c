import { sql, type Kysely, type RawBuilder, type SelectQueryBuilder, type SqlBool } from "kysely";
import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";

/** Lists come in pages: each goes on right after the last row of the one before, whatever was added meanwhile. */

export interface PageQuery {
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Count all rows, be they many. */
  readonly total?: boolean | undefined;
}

export interface Page<R> {
  readonly rows: readonly R[];
  readonly next: string | null;
}

type SortKey = readonly (string | number)[];

/** What a list is sorted by, and the values of these columns in a row: together they name one row. */
export interface Order {
  readonly columns: readonly { readonly name: string; readonly down: boolean }[];
  readonly key: z.ZodType<SortKey>;
}

/** Text that either engine can compare with. */
export const keyText = z.string().refine((text) => !text.includes("\0"));

export function orderBy(columns: readonly string[], key: z.ZodType<SortKey>): Order {
  return {
    columns: columns.map((column) => ({ name: column.replace(/ desc$/, ""), down: column.endsWith(" desc") })),
    key,
  };
}

/** By a time and an id, both descending. */
export function newestFirst(time: string, id: string): Order {
  return orderBy([`${time} desc`, `${id} desc`], z.tuple([z.int(), keyText]));
}

const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;

export function pageSize({ limit }: PageQuery): number {
  return Math.min(limit ?? DEFAULT_PAGE, MAX_PAGE);
}

/** More rows than this are counted only for whoever asks for it. */
const COUNTED = 10_000;

/** How many rows a query has; left out when they are many and nobody asked for it. */
export async function totalOf<DB, TB extends keyof DB, O>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, O>,
  isAsked = false,
): Promise<{ readonly total?: number }> {
  const rows = query.select(sql`1`.as("one")).$if(!isAsked, (all) => all.limit(COUNTED + 1));
  const { rows: counted } = await sql<{ n: number }>`SELECT count(*) AS n FROM (${rows}) AS counted`.execute(db);
  const total = Number(counted[0]?.n ?? 0);
  return total > COUNTED && !isAsked ? {} : { total };
}

/** Where a row stands in its list, as one opaque string. */
export function encodeCursor(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** Throws `invalid_input` for a text that `encodeCursor` did not make of such a key. */
export function decodeCursor<T>(key: z.ZodType<T>, cursor: string): T {
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (cause) {
    const hint = "start again without it";
    throw new SparkyError("invalid_input", "the cursor is not one that a list gave", { hint, cause });
  }
}

/** For a query: the page that it asks for, with one row too many, by which `pageOf` knows whether there are more. */
export function pageFrom(order: Order, page: PageQuery) {
  return <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O> =>
    query
      .where(afterCursor(order, page.cursor))
      .orderBy(orderSql(order))
      .limit(pageSize(page) + 1);
}

/** `keyOf` gives the values of the order's columns. */
export function pageOf<R>(rows: readonly R[], query: PageQuery, keyOf: (row: R) => SortKey): Page<R> {
  const size = pageSize(query);
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { rows: page, next: rows.length > size && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

export function orderSql({ columns }: Order): RawBuilder<unknown> {
  return sql.join(columns.map(({ name, down }) => (down ? sql`${sql.ref(name)} DESC` : sql.ref(name))));
}

/** Rows after the cursor's; all without one. As a comparison of rows where that can be: an index follows it. */
export function afterCursor({ columns, key }: Order, cursor: string | undefined): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`1 = 1`;
  const values = decodeCursor(key, cursor);
  const [first] = columns;
  if (columns.every(({ down }) => down === first?.down)) {
    const sign = first?.down ? sql`<` : sql`>`;
    return sql<SqlBool>`(${sql.join(columns.map(({ name }) => sql.ref(name)))}) ${sign} (${sql.join(values)})`;
  }
  const further = columns.map(({ name, down }, at) => {
    const equal = columns.slice(0, at).map((before, i) => sql`${sql.ref(before.name)} = ${values[i]}`);
    return sql`(${sql.join([...equal, sql`${sql.ref(name)} ${down ? sql`<` : sql`>`} ${values[at]}`], sql` AND `)})`;
  });
  return sql<SqlBool>`(${sql.join(further, sql` OR `)})`;
}
