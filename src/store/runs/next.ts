import { sql, type SqlBool } from "kysely";
import { heldRuns } from "./open.ts";
import type { RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind, Tx } from "../database/store.ts";

/** A run that may be claimed, as it was before. */
export type Candidate = Pick<RunRow, "id" | "chat_id" | "task_id" | "whose" | "state" | "attempt" | "wait_reason"> & {
  /** How many tasks of the one whose work it is may be at work at once; null: any number. */
  readonly at_once: number | string | null;
};

export interface Wanted {
  readonly kind: "turn" | "task";
  readonly want: number;
  /** Runs that were taken by others meanwhile. */
  readonly lost: readonly string[];
  /** The instant of the pass: what becomes due later is for the next one. */
  readonly now: number;
}

/** Finds them by the index's order, whatever the planner believes: a queue outdates its statistics all the time. */
export async function candidates(tx: Tx, wanted: Wanted): Promise<readonly Candidate[]> {
  if (tx.kind === "postgres") await sql`SET LOCAL enable_sort = off`.execute(tx.db);
  return candidateQuery(tx, wanted).execute();
}

const atOnce = sql<number | string | null>`(SELECT l.tasks_at_once FROM user_limits l WHERE l.user_id = r.whose)`;

/** Work of those for whom no more tasks may start now is passed over, so that nobody waits behind it: who that is, is asked once. */
const notOfTheFull = sql<SqlBool>`(r.whose IS NULL OR r.whose NOT IN (
  SELECT l.user_id FROM user_limits l WHERE l.tasks_at_once > 0 AND l.tasks_at_once <= (
    SELECT count(*) FROM runs b WHERE b.whose = l.user_id AND ${heldRuns("b")})))`;

/**
 * The runs that are due, the highest priority first, then the oldest; a waiting one is due when its back-off ends, when
 * its approval is answered or expires, or when a person wrote. On PostgreSQL they come locked, with their chats, and
 * without those that somebody else has locked; in any order, and unlocked, when it is only asked whether there is one.
 * The states are written out, not bound: only so do the partial indexes apply.
 */
export function candidateQuery(
  tx: { readonly db: Db; readonly kind: EngineKind },
  { kind, want, lost, now }: Wanted,
  take = true,
) {
  const due = sql<SqlBool>`r.state IN ('queued', 'waiting') AND (
    r.state = 'waiting'
    OR r.state = 'queued' AND NOT EXISTS (
      SELECT 1 FROM runs a WHERE a.chat_id = r.chat_id AND a.state IN ('working', 'waiting', 'stopping')))`;
  return tx.db
    .selectFrom("runs as r")
    .innerJoin("chats as c", "c.id", "r.chat_id")
    .select(["r.id", "r.chat_id", "r.task_id", "r.whose", "r.state", "r.attempt", "r.wait_reason"])
    .select(kind === "turn" ? sql<null>`NULL`.as("at_once") : atOnce.as("at_once"))
    .where(kind === "turn" ? sql<SqlBool>`r.task_id IS NULL` : sql<SqlBool>`r.task_id IS NOT NULL`)
    .where(due)
    .$if(kind === "task", (query) => query.where(notOfTheFull))
    .where("r.not_before", "<=", now)
    .where("c.deleted_at", "is", null)
    .$if(lost.length > 0, (query) => query.where("r.id", "not in", lost))
    .limit(want)
    .$if(take, (query) => query.orderBy("r.priority", "desc").orderBy("r.queued_at").orderBy("r.id"))
    .$if(take && tx.kind === "postgres", (query) => query.forNoKeyUpdate(["r", "c"]).skipLocked());
}
