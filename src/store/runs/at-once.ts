import { sql } from "kysely";
import { atOnceWords } from "../../core/limit-words.ts";
import type { ChatRow, RunRow, TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";
import type { Candidate } from "./next.ts";
import { heldRuns } from "./open.ts";
import { whoseWork } from "./whose.ts";

/** How many tasks may be at work for somebody at once. What waits, for people too, is not at work, and keeps nothing from it. */

/** Any number that nobody else uses as the first half of an advisory lock. */
const AT_ONCE_LOCK = 4_715_039;

/**
 * Of those that are about to start the ones that may, in their order. Whoever starts tasks for somebody who has a limit does it
 * alone until its commit, so that no two nodes take the last place; while it waits for that it holds nothing that the other needs.
 */
export async function withinTheirLimits(tx: Tx, runs: readonly Candidate[]): Promise<readonly Candidate[]> {
  const limits = new Map(
    runs.flatMap(({ whose, at_once }) => (whose === null || at_once === null ? [] : [[whose, Number(at_once)]])),
  );
  if (limits.size === 0) return runs;
  const people = [...limits.keys()].toSorted();
  if (tx.kind === "postgres") {
    for (const id of people) await sql`SELECT pg_advisory_xact_lock(${AT_ONCE_LOCK}, hashtext(${id}))`.execute(tx.db);
  }
  const working = await tx.db
    .selectFrom("runs")
    .select((eb) => ["whose", eb.fn.countAll<number | string>().as("count")])
    .where(heldRuns())
    .where("whose", "in", people)
    .groupBy("whose")
    .execute();
  const room = new Map(limits);
  for (const { whose, count } of working) if (whose !== null) room.set(whose, (room.get(whose) ?? 0) - Number(count));
  return runs.filter(({ whose }) => {
    const left = whose === null ? undefined : room.get(whose);
    if (whose === null || left === undefined) return true;
    room.set(whose, left - 1);
    return left > 0;
  });
}

/** For a run that is queued for a task: whose work it is, and what is said of it, where it waits for others of theirs. */
export async function placeInQueue(
  tx: Tx,
  chat: Pick<ChatRow, "id" | "owner_id">,
  task: Pick<TaskRow, "owner_id" | "chat_id" | "parent_run" | "parent_call" | "run_at">,
  message: string,
): Promise<{ readonly whose: string; readonly message: string }> {
  const whose = await whoseWork(tx.db, chat, task);
  const limit = (await reachedBy(tx.db, [whose])).get(whose);
  const waits = limit !== undefined && (task.run_at ?? 0) <= tx.now;
  return { whose, message: waits ? queuedWords(limit, message) : message };
}

/** Of runs those that only wait for others of the same person at this moment: what is said of each. */
export async function waitForAPlace(
  db: Db,
  runs: readonly RunRow[],
  now: number,
): Promise<ReadonlyMap<string, string>> {
  const due = runs.flatMap(({ id, state, whose, not_before }) =>
    state === "queued" && whose !== null && not_before <= now ? [{ id, whose }] : [],
  );
  const reached = await reachedBy(db, [...new Set(due.map(({ whose }) => whose))]);
  return new Map(
    due.flatMap(({ id, whose }) => {
      const limit = reached.get(whose);
      return limit === undefined ? [] : [[id, queuedWords(limit)] as const];
    }),
  );
}

const queuedWords = (limit: number, queued = "Queued"): string => `${queued}: ${atOnceWords(limit)}`;

/** The limits of those of whom as many tasks are at work as may be. */
async function reachedBy(db: Db, people: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (people.length === 0) return new Map();
  const rows = await db
    .selectFrom("user_limits")
    .select(["user_id", "tasks_at_once"])
    .select((eb) =>
      eb
        .selectFrom("runs")
        .select((runs) => runs.fn.countAll<number | string>().as("count"))
        .where(heldRuns())
        .whereRef("runs.whose", "=", "user_limits.user_id")
        .as("working"),
    )
    .where("user_id", "in", people)
    .where("tasks_at_once", "is not", null)
    .execute();
  return new Map(
    rows.flatMap(({ user_id, tasks_at_once, working }) => {
      const limit = Number(tasks_at_once);
      return Number(working) >= limit ? [[user_id, limit] as const] : [];
    }),
  );
}
