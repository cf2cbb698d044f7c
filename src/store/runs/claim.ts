import { sql } from "kysely";
import { sleep, systemClock } from "../../core/clock.ts";
import type { Attachment, NewEvent } from "../../core/events.ts";
import { byAgent } from "../people/actors.ts";
import { withinTheirLimits } from "./at-once.ts";
import { candidateQuery, candidates, type Candidate, type Wanted } from "./next.ts";
import { claimableRuns, heldRuns } from "./open.ts";
import { announceAll } from "./queue.ts";
import type { ChatRow, RunRow, TaskRow } from "../database/schema.ts";
import { dueClock } from "../database/clock.ts";
import { isDuplicate, nowSql } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { together } from "../database/together.ts";

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
  /** The instant of the pass, by the deciding clock; asked for when left out. */
  readonly now?: number;
  /** Told of each round as soon as it is committed: a later one may fail. */
  readonly onClaimed?: (claimed: readonly Claimed[]) => void;
}

const LOOKS = 4;
const LOOK_AGAIN_MS = 25;

/**
 * Takes leases on the next runs that are due: the highest priority first, then the oldest. What another worker holds or
 * takes is passed over; one run at a time in a chat is kept by an index, and a claim that loses there takes the next.
 */
export async function claimRuns(store: Store, options: ClaimOptions): Promise<readonly Claimed[]> {
  const { kind, limit, onClaimed } = options;
  const now = options.now ?? (await dueClock(store));
  const claimed: Claimed[] = [];
  const lost: string[] = [];
  let most = limit;
  let looks = 0;
  // A look without a transaction: most wake-ups are for the other kind of run.
  if (!(await isAnyDue(store, { kind, want: 1, lost, now }))) return [];
  while (claimed.length < limit) {
    const want = Math.min(most, limit - claimed.length);
    let taking: readonly Candidate[] = [];
    try {
      const took = await store.transact(async (tx) => {
        taking = await candidates(tx, { kind, want, lost, now });
        const starting = await withinTheirLimits(tx, oneOfEachChat(taking));
        return starting.length === 0 ? [] : take(store, tx, starting);
      });
      claimed.push(...took);
      if (took.length > 0) onClaimed?.(took);
      if (taking.length >= want) continue;
      // What is due may be locked just now by somebody who only writes into its chat, and who wakes nobody.
      if (
        claimed.length > 0 ||
        store.kind === "sqlite" ||
        looks++ >= LOOKS ||
        !(await isAnyDue(store, { kind, want: 1, lost, now }))
      )
        break;
      // Somebody else's transaction is waited for: it goes on in real time, whatever the store's clock says.
      await sleep(systemClock, LOOK_AGAIN_MS);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // The whole batch is taken back: from here on one at a time, so that it is known which one is lost.
      if (want === 1) lost.push(...taking.map((run) => run.id));
      most = 1;
    }
  }
  return claimed;
}

async function isAnyDue(store: Store, wanted: Wanted): Promise<boolean> {
  return (await candidateQuery(store, wanted, false).executeTakeFirst()) !== undefined;
}

function oneOfEachChat(runs: readonly Candidate[]): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const run of runs) if (!first.has(run.chat_id)) first.set(run.chat_id, run);
  return [...first.values()];
}

/** Few statements for all of them: with many workers it is the number of round trips that sets the pace. */
async function take(store: Store, tx: Tx, runs: readonly Candidate[]): Promise<readonly Claimed[]> {
  const [taken, held, started] = await together(
    tx,
    tx.db
      .updateTable("runs")
      .set((eb) => ({
        state: "working",
        attempt: eb("attempt", "+", 1),
        boot_id: store.bootId,
        lease_until:
          store.kind === "postgres" ? sql<number>`${nowSql(store.kind, tx.now)} + ${LEASE_MS}::bigint` : null,
        wait_reason: null,
        reason: null,
        lease_at: tx.now,
        started_at: eb.fn.coalesce("started_at", sql<number>`${tx.now}`),
      }))
      .where(
        "id",
        "in",
        runs.map((run) => run.id),
      )
      .returningAll(),
    tx.db
      .updateTable("chats")
      .set({
        run_id: ofEach(runs, "text", (run) => run.id),
        run_lease: ofEach(runs, "bigint", (run) => run.attempt + 1),
      })
      .where(
        "id",
        "in",
        runs.map((run) => run.chat_id),
      )
      .returningAll(),
    startTasks(tx, runs),
  );
  const byId = new Map(taken.map((run) => [run.id, run]));
  const chats = new Map(held.map((chat) => [chat.id, chat]));
  const tasks = new Map(started.map((task) => [task.id, task]));
  const claims = runs.map((before) => {
    const run = known(byId.get(before.id));
    const task = run.task_id === null ? null : known(tasks.get(run.task_id));
    return { run, lease: run.attempt, chat: known(chats.get(before.chat_id)), task, before };
  });
  await tx.appendAll(
    claims.map(({ run, chat, task, before }) => {
      // Taken just now, and not in an earlier attempt, if it is the place that this append will get.
      const instruction = task?.message_seq === chat.head + 1 ? [instructionOf(run, task)] : [];
      return { chatId: chat.id, events: [...instruction, startEvent(store, before, run)] };
    }),
  );
  await announceAll(
    tx,
    claims.map(({ chat, task }) => ({ chat, task })),
  );
  return claims.map(({ before: _, ...claim }) => claim);
}

/** A value for each chat's row, by the run that it is claimed for. */
function ofEach<T extends string | number>(
  runs: readonly Candidate[],
  type: "text" | "bigint",
  value: (run: Candidate) => T,
) {
  const cases = runs.map((run) => sql`WHEN ${run.chat_id} THEN ${value(run)}`);
  return sql<T>`CAST(CASE id ${sql.join(cases, sql` `)} END AS ${sql.raw(type)})`;
}

/** A task's instruction gets its place in the log when its first run starts: right after the chat's head. */
function startTasks(tx: Tx, runs: readonly Candidate[]) {
  const next = sql<number>`(SELECT c.head + 1 FROM chats c WHERE c.id = tasks.chat_id)`;
  const ids = runs.flatMap((run) => (run.task_id === null ? [] : [run.task_id]));
  return tx.db
    .updateTable("tasks")
    .set((eb) => ({
      status: "in_progress",
      started_at: eb.fn.coalesce("started_at", sql<number>`${tx.now}`),
      message_seq: eb.fn.coalesce("message_seq", next),
    }))
    .where("id", "in", ids.length === 0 ? [""] : ids)
    .returningAll()
    .returning(sql<string | null>`(SELECT u.name FROM "user" u WHERE u.id = owner_id)`.as("author"));
}

/** Of a row that a foreign key, or the statement before, vouches for. */
function known<T>(row: T | undefined): T {
  if (row === undefined) throw new Error("a row of the claimed run is missing");
  return row;
}

/** A task's instruction becomes a message, by the task's author, when its first run starts. */
function instructionOf(run: RunRow, task: TaskRow & { readonly author: string | null }): NewEvent {
  return {
    type: "message",
    data: {
      role: "user",
      text: task.instruction,
      // Written by `addTask` alone.
      ...(task.attachments !== null && { attachments: JSON.parse(task.attachments) as Attachment[] }),
    },
    runId: run.id,
    taskId: task.id,
    step: null,
    actor: { kind: "user", id: task.owner_id, name: task.author ?? task.owner_id },
  };
}

const RESUMED = {
  retry: { reason: "retry", message: "Trying again" },
  approval: { reason: "approval", message: "Going on: the approval was answered" },
  question: { reason: "answer", message: "Going on: the question was answered" },
  tasks: { reason: "tasks", message: "Going on: what it delegated has ended" },
  limit: { reason: "limit", message: "Going on: the limit is looked at again" },
  message: { reason: "message", message: "Going on: a person wrote" },
} as const;

/** A node that is newer may have let it wait for what this one does not know. */
function resumedBy(reason: string | null) {
  return RESUMED[reason !== null && Object.hasOwn(RESUMED, reason) ? (reason as keyof typeof RESUMED) : "retry"];
}

function startEvent(store: Store, before: Candidate, run: RunRow): NewEvent {
  const by = byAgent(run, null);
  const attempt = run.attempt;
  const worker = store.node;
  if (before.state === "waiting") {
    const data = { state: "resumed", ...resumedBy(before.wait_reason), attempt, worker } as const;
    return { type: "status", data, ...by };
  }
  if (before.attempt > 0) {
    const data = { state: "resumed", reason: "recovered", attempt, worker, message: "Resumed where it was" } as const;
    return { type: "status", data, ...by };
  }
  const message = run.task_id === null ? "Working" : "Task starting…";
  return { type: "status", data: { state: "starting", attempt, worker, message }, ...by };
}

/** When the first run that is not due at `now` becomes due; null when none waits. */
export async function nextRunDue(store: Store, now: number): Promise<number | null> {
  const row = await store.db
    .selectFrom("runs")
    .select((eb) => eb.fn.min("not_before").as("at"))
    .where(claimableRuns())
    .where("not_before", ">", now)
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
    .where(heldRuns())
    .returning("id")
    .execute();
  const kept = new Set(rows.map((row) => row.id));
  return held.map(({ run }) => run.id).filter((id) => !kept.has(id));
}
