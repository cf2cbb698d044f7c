import { sql } from "kysely";
import { askAfterCrash } from "./crash-question.ts";
import { CRASHED } from "../ledger/outcome.ts";
import { nowSql } from "../database/sql.ts";
import { heldRuns } from "../runs/open.ts";
import { endRun, endStopped, handBack, lockRun } from "./run.ts";
import type { RunRow, ScheduleRow } from "../database/schema.ts";
import type { LockWait, Store, Tx } from "../database/store.ts";

/** A run that crashed its worker this often is poison: it ends, and says so. */
export const MAX_RECOVERIES = 10;

/** What else it needs is not waited for either: the others come first. */
const SWEEPING: LockWait = { lockMs: 1000, tries: 1 };

/**
 * Takes back the runs of workers that are gone: on SQLite those of other boots, and of this one those that are not `held`;
 * on PostgreSQL those whose lease has run out. Returns how many. One whose chat somebody else has locked is passed over, until
 * the next sweep. One that cannot be taken back keeps none of the others: what failed is thrown after all were tried.
 */
export async function sweepRuns(store: Store, held?: readonly string[]): Promise<number> {
  const stale = await store.db
    .selectFrom("runs")
    .select("id")
    .where(heldRuns())
    .$if(store.kind === "sqlite", (query) => query.where("id", "not in", [...(held ?? [])]))
    .$if(store.kind === "sqlite" && held === undefined, (query) => query.where("boot_id", "!=", store.bootId))
    .$if(store.kind === "postgres", (query) => query.where("lease_until", "<", nowSql(store.kind, 0)))
    .execute();
  const failures: unknown[] = [];
  let taken = 0;
  for (const { id } of stale) {
    try {
      if (await recover(store, id, held !== undefined)) taken++;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} runs could not be taken back`);
  return taken;
}

/** How long until the first lease of another process runs out, by the database's clock; null: none will. PostgreSQL only. */
export async function untilLeaseEnds(store: Store): Promise<number | null> {
  const row = await store.db
    .selectFrom("runs")
    .select((eb) => sql<number | null>`${eb.fn.min("lease_until")} - ${nowSql(store.kind, 0)}`.as("ms"))
    .where(heldRuns())
    .where("boot_id", "!=", store.bootId)
    .executeTakeFirst();
  return row?.ms ?? null;
}

/** false: somebody else has it, or its chat, just now. */
async function recover(store: Store, runId: string, own: boolean): Promise<boolean> {
  return store.transact(async (tx) => {
    if (!(await isFree(tx, runId))) return false;
    const { run, chat } = await lockRun(tx, runId);
    if (!(await isStale(store, tx, run, own))) return false;
    if (run.state === "stopping") {
      await endStopped(tx, { run, chat });
      return true;
    }
    if (run.recoveries + 1 >= MAX_RECOVERIES) {
      const reason = `it was interrupted by a crash ${MAX_RECOVERIES} times`;
      const message = run.task_id === null ? "Failed" : "Task failed";
      const ending = { state: "failed", message, reason, code: "recoveries" } as const;
      await endRun(tx, runId, ending, { readSeq: chat.head });
      return true;
    }
    const onCrash = await crashPolicy(tx, run.task_id);
    if (onCrash === "leave") {
      const reason = "its worker was lost in the middle; it is left as it is, and can be retried";
      const ending = { state: "failed", message: "Task interrupted", reason, code: CRASHED } as const;
      await endRun(tx, runId, ending, { readSeq: chat.head });
    } else if (onCrash === "ask") {
      await askAfterCrash(tx, runId);
    } else {
      await handBack(tx, runId, "crash");
    }
    return true;
  }, SWEEPING);
}

/** Locks the run's chat, and the run, unless somebody else has either. */
async function isFree(tx: Tx, runId: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom("chats")
    .innerJoin("runs", "runs.chat_id", "chats.id")
    .select("chats.id")
    .where("runs.id", "=", runId)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate(["chats", "runs"]).skipLocked())
    .executeTakeFirst();
  return row !== undefined;
}

/** A schedule may want a run that a crash took to be left, or a person to be asked, instead of going on. */
async function crashPolicy(tx: Tx, taskId: string | null): Promise<ScheduleRow["on_crash"]> {
  if (taskId === null) return "retry";
  const row = await tx.db
    .selectFrom("occurrences as o")
    .innerJoin("schedules as s", "s.id", "o.schedule_id")
    .select("s.on_crash")
    .where("o.task_id", "=", taskId)
    .executeTakeFirst();
  return row?.on_crash ?? "retry";
}

/** Asked again under the chat's lock: the worker may have ended the run meanwhile. */
async function isStale(store: Store, tx: Tx, run: RunRow, own: boolean): Promise<boolean> {
  if (run.state !== "working" && run.state !== "stopping") return false;
  if (store.kind === "sqlite") return own || run.boot_id !== store.bootId;
  const now = nowSql(store.kind, 0);
  const row = await tx.db
    .selectFrom("runs")
    .select("id")
    .where("id", "=", run.id)
    .where("lease_until", "<", now)
    .executeTakeFirst();
  return row !== undefined;
}
