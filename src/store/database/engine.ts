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
  /** How long a lock that somebody else holds on the whole database is waited for. */
  readonly patienceMs: number;
  /**
   * One commit for all members; a refused member takes back only itself. `take` gives the members, once nothing is waited
   * for any more, and the same again when it is called again. `waitedMs`: of the patience so much is used up.
   */
  appendBatch(take: () => readonly Append[], now: number, waitedMs: number): Promise<readonly (Numbered | Error)[]>;
  /** The whole transaction may be tried again: a deadlock or a serialisation failure. */
  isRetryable(error: unknown): boolean;
  /** Somebody else has locked what was asked for, and kept it for longer than it is waited for. */
  isLocked(error: unknown): boolean;
  /** Within this transaction others' locks are waited for so long at most, where there are any. */
  limitLocks(tx: Transaction<Schema>, lockMs: number): Promise<void>;
  /** The database's clock in milliseconds; null where the process's own clock decides. */
  now(): Promise<number | null>;
  /** The process is about to end: what then still waits for somebody else's lock gives up. */
  closeIn(ms: number): void;
  close(): Promise<void>;
}
