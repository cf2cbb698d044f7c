import { sql, type RawBuilder, type SqlBool } from "kysely";

/**
 * Conditions on a run's state, written out and not bound: only so does SQLite use the partial indexes, which hold few rows
 * however many runs have ended. They are worded as the indexes are.
 */

/** Runs that have not ended. */
export const openRuns = (runs = "runs"): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.ref(`${runs}.state`)} IN ('queued', 'working', 'waiting', 'stopping')`;

/** Runs that hold their chat. */
export const holdingRuns = (runs = "runs"): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.ref(`${runs}.state`)} IN ('working', 'waiting', 'stopping')`;

/** Runs that somebody works on. */
export const heldRuns = (runs = "runs"): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.ref(`${runs}.state`)} IN ('working', 'stopping')`;

/** Runs that may be claimed, now or later. */
export const claimableRuns = (runs = "runs"): RawBuilder<SqlBool> =>
  sql<SqlBool>`${sql.ref(`${runs}.state`)} IN ('queued', 'waiting')`;
