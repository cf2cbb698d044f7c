import { sql, type Kysely, type RawBuilder } from "kysely";
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
