import type { Kysely, Transaction } from "kysely";
import type { Schema } from "./schema.ts";
import type { Append, EngineKind, Numbered } from "./store.ts";

/**
 * What differs between SQLite and PostgreSQL, behind the same functions. What the machine or the network is to blame for comes
 * out of it, and out of `db`, as `unavailable`, in words for people.
 */
export interface Engine {
  readonly kind: EngineKind;
  readonly db: Kysely<Schema>;
  /** Appends within a transaction; throws `fenced` or `not_found` if one is refused. */
  appendIn(tx: Transaction<Schema>, appends: readonly Append[], now: number): Promise<readonly Numbered[]>;
  /** One commit for all members; a refused member takes back only itself. */
  appendBatch(batch: readonly Append[], now: number): Promise<readonly (Numbered | Error)[]>;
  /** The whole transaction may be tried again: a deadlock or a serialisation failure. */
  isRetryable(error: unknown): boolean;
  /** The database's clock in milliseconds; null where the process's own clock decides. */
  now(): Promise<number | null>;
  close(): Promise<void>;
}
