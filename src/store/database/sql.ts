import { sql, type Kysely, type RawBuilder } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import type { Schema } from "./schema.ts";
import type { EngineKind } from "./store.ts";

/** Any handle that can read: the store's, or a transaction's. */
export type Db = Kysely<Schema>;

/** What is due and whose lease has run out is decided by the database's clock where several nodes share it. */
export function nowSql(kind: EngineKind, now: number): RawBuilder<number> {
  return kind === "postgres"
    ? sql<number>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
    : sql<number>`${now}`;
}

const UNIQUE_VIOLATION = "23505";

/** Two transactions made the same unique row at once, and this one came second. Only where writers run side by side. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: string }).code === UNIQUE_VIOLATION;
}

/** Tries `make` again when another made the same row meanwhile: then it finds that one. */
export async function madeOnce<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return make();
  }
}

/** `%` and `_` in people's words are plain characters; use with `ESCAPE '\'`. Case is the database's to fold, on both sides. */
export function likePattern(words: string): string {
  return `%${words.replace(/[\\%_]/g, "\\$&")}%`;
}

/** A page's place as one opaque string: the last row's sort time and id. */
export function encodeCursor(at: number, id: string): string {
  return Buffer.from(`${at} ${id}`).toString("base64url");
}

export function decodeCursor(cursor: string): { readonly at: number; readonly id: string } {
  const [at, id, ...rest] = Buffer.from(cursor, "base64url").toString("utf8").split(" ");
  if (id === undefined || id === "" || rest.length > 0 || !Number.isSafeInteger(Number(at))) {
    throw new SparkyError("invalid_input", "cursor is not one that a list gave", { hint: "start again without it" });
  }
  return { at: Number(at), id };
}

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 500;

/** Cuts a page that was read with one row too many, and makes the cursor of the next. */
export function pageOf<R extends { readonly id: string }>(
  rows: readonly R[],
  limit: number,
  at: (row: R) => number,
): { readonly rows: readonly R[]; readonly next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? encodeCursor(at(last), last.id) : null };
}
