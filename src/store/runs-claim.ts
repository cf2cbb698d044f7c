import { sql } from "kysely";
import type { NewEvent } from "../core/events.ts";
import { lockChat } from "./access.ts";
import { AGENT_ACTOR, userActor } from "./actors.ts";
import { announce } from "./runs-queue.ts";
import type { ChatRow, RunRow, TaskRow } from "./schema.ts";
import { nowSql } from "./sql.ts";
import type { Store, Tx } from "./store.ts";

/** On PostgreSQL a lease must be renewed within this time; on SQLite it belongs to the process. */
export const LEASE_MS = 15_000;

export interface Claimed {
  readonly run: RunRow;
  readonly lease: number;
  readonly chat: ChatRow;
  readonly task: TaskRow | null;
}

export interface ClaimOptions {
  /** Answers to people, or attempts at tasks: each has its own limit. */
  readonly kind: "turn" | "task";
  readonly limit: number;
}

const UNIQUE_VIOLATION = "23505";

/**
 * Takes leases on the next runs that are due: the highest priority first, then the oldest. What another worker holds or
 * takes is passed over; one run at a time in a chat is kept by an index, and a claim that loses there takes the next.
 */
export async function claimRuns(store: Store, options: ClaimOptions): Promise<readonly Claimed[]> {
  const claimed: Claimed[] = [];
  const lost: string[] = [];
  // PostgreSQL: one claim a transaction, for a lost one takes its transaction back. SQLite: all in one commit.
  while (claimed.length < options.limit) {
    const want = store.kind === "sqlite" ? options.limit - claimed.length : 1;
    let taking: string | undefined;
    try {
      const took = await store.transact(async (tx) => {
        const batch: Claimed[] = [];
        while (batch.length < want) {
          taking = await candidate(store, tx, options.kind, lost);
          if (taking === undefined) break;
          batch.push(await take(store, tx, taking));
        }
        return batch;
      });
      claimed.push(...took);
      if (took.length < want) break;
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION || taking === undefined) throw error;
      lost.push(taking);
    }
  }
  return claimed;
}

async function candidate(store: Store, tx: Tx, kind: ClaimOptions["kind"], lost: string[]): Promise<string | undefined> {
  const now = nowSql(store.kind, tx.now);
  const row = await tx.db
    .selectFrom("runs as r")
    .innerJoin("chats as c", "c.id", "r.chat_id")
    .select("r.id")
    .where("c.deleted_at", "is", null)
    .where("r.not_before", "<=", now)
    .where("r.task_id", kind === "turn" ? "is" : "is not", null)
    .where((eb) =>
      eb.or([
        eb.and([eb("r.state", "=", "waiting"), eb("r.wait_reason", "=", "retry")]),
        eb.and([
          eb("r.state", "=", "queued"),
          eb.not(
            eb.exists(
              eb
                .selectFrom("runs as a")
                .select(sql`1`.as("one"))
                .whereRef("a.chat_id", "=", "r.chat_id")
                .where("a.state", "in", ["working", "waiting", "stopping"]),
            ),
          ),
        ]),
      ]),
    )
    .$if(lost.length > 0, (query) => query.where("r.id", "not in", lost))
    .orderBy("r.priority", "desc")
    .orderBy("r.queued_at")
    .orderBy("r.id")
    .limit(1)
    .$if(store.kind === "postgres", (query) => query.forUpdate(["r", "c"]).skipLocked())
    .executeTakeFirst();
  return row?.id;
}

async function take(store: Store, tx: Tx, runId: string): Promise<Claimed> {
  const before = await tx.db.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirstOrThrow();
  const chat = await lockChat(tx, before.chat_id);
  const lease = before.attempt + 1;
  const run = await tx.db
    .updateTable("runs")
    .set({
      state: "working",
      attempt: lease,
      boot_id: store.bootId,
      lease_until: store.kind === "postgres" ? sql`${nowSql(store.kind, tx.now)} + ${LEASE_MS}` : null,
      wait_reason: null,
      reason: null,
      lease_at: tx.now,
      started_at: before.started_at ?? tx.now,
    })
    .where("id", "=", runId)
    .returningAll()
    .executeTakeFirstOrThrow();
  await tx.db.updateTable("chats").set({ run_id: runId, run_lease: lease }).where("id", "=", chat.id).execute();
  const task = run.task_id === null ? null : await startTask(tx, run.task_id);
  await tx.append(chat.id, [...(await instructionOf(tx, run, task)), startEvent(store, before, run)]);
  await announce(tx, chat, run.task_id);
  return { run, lease, chat, task };
}

async function startTask(tx: Tx, taskId: string): Promise<TaskRow> {
  return tx.db
    .updateTable("tasks")
    .set((eb) => ({ status: "in_progress", started_at: eb.fn.coalesce("started_at", sql<number>`${tx.now}`) }))
    .where("id", "=", taskId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A task's instruction becomes a message, by the task's author, when its first run starts. */
async function instructionOf(tx: Tx, run: RunRow, task: TaskRow | null): Promise<NewEvent[]> {
  if (task === null || task.message_seq !== null) return [];
  const author = await tx.db
    .selectFrom("user")
    .select(["id", "name", "role"])
    .where("id", "=", task.owner_id)
    .executeTakeFirstOrThrow();
  const { head } = await tx.db
    .selectFrom("chats")
    .select("head")
    .where("id", "=", run.chat_id)
    .executeTakeFirstOrThrow();
  await tx.db
    .updateTable("tasks")
    .set({ message_seq: head + 1 })
    .where("id", "=", task.id)
    .execute();
  return [
    {
      type: "message",
      data: { role: "user", text: task.instruction },
      runId: run.id,
      taskId: task.id,
      step: null,
      actor: userActor(author),
    },
  ];
}

function startEvent(store: Store, before: RunRow, run: RunRow): NewEvent {
  const place = { runId: run.id, taskId: run.task_id, step: null, actor: AGENT_ACTOR };
  const attempt = run.attempt;
  const worker = store.node;
  if (before.state === "waiting") {
    const data = { state: "resumed", reason: "retry", attempt, worker, message: "Trying again" } as const;
    return { type: "status", data, ...place };
  }
  if (before.attempt > 0) {
    const data = { state: "resumed", reason: "recovered", attempt, worker, message: "Resumed where it was" } as const;
    return { type: "status", data, ...place };
  }
  const message = run.task_id === null ? "Working" : "Task starting…";
  return { type: "status", data: { state: "starting", attempt, worker, message }, ...place };
}

/** When the next run that waits for its time becomes due, in milliseconds; null when none waits. */
export async function nextDue(store: Store): Promise<number | null> {
  const row = await store.db
    .selectFrom("runs")
    .select((eb) => eb.fn.min("not_before").as("at"))
    .where((eb) =>
      eb.or([eb("state", "=", "queued"), eb.and([eb("state", "=", "waiting"), eb("wait_reason", "=", "retry")])]),
    )
    .where("not_before", ">", store.clock.now())
    .executeTakeFirst();
  return row?.at ?? null;
}

/** Renews what this worker holds; returns the runs it has lost. Only PostgreSQL's leases expire. */
export async function renewLeases(store: Store, held: readonly Claimed[]): Promise<readonly string[]> {
  if (store.kind === "sqlite" || held.length === 0) return [];
  const rows = await store.db
    .updateTable("runs")
    .set({ lease_until: sql<number>`${nowSql(store.kind, 0)} + ${LEASE_MS}` })
    .where((eb) => eb.or(held.map(({ run, lease }) => eb.and([eb("id", "=", run.id), eb("attempt", "=", lease)]))))
    .where("boot_id", "=", store.bootId)
    .where("state", "in", ["working", "stopping"])
    .returning("id")
    .execute();
  const kept = new Set(rows.map((row) => row.id));
  return held.map(({ run }) => run.id).filter((id) => !kept.has(id));
}
