import { sql, type RawBuilder } from "kysely";
import type { StatusData } from "../../core/events.ts";
import { SparkyError } from "../../core/errors.ts";
import { joined, ORIGINS, type Origin } from "../../core/origins.ts";
import type { TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/**
 * What a run starts inherits its rights: where it comes from, and so the policy, what people have granted, what may be
 * spent. A task's row says which run added it; what nobody but a person has started says nothing.
 */

export type Descent = NonNullable<Extract<StatusData, { state: "queued" }>["from"]>;

const MAX_DEPTH = 3;
const MAX_DESCENDANTS = 50;
/** Deeper than any chain can be: a walk that a damaged row would send in a circle ends. */
const FAR = 2 * MAX_DEPTH;

/** Where a task's run comes from, with all that it descends from; without a task it answers a person. */
export function originsOf(task: Pick<TaskRow, "origins" | "schedule"> | null): readonly Origin[] {
  if (task === null) return ["chat"];
  if (task.origins === null) return [task.schedule === null ? "task" : "schedule"];
  const words = task.origins.split(" ");
  return ORIGINS.filter((origin) => words.includes(origin));
}

/**
 * What the task that the run adds by this call inherits. After a person's yes to exactly this call the task is as if
 * written by whose work the run does, but it counts, and is paid for, as what the run has started.
 * Throws when the run may not start more. The caller's transaction is the one that adds it.
 */
export async function descendFrom(
  tx: Tx,
  runId: string,
  callId: string,
): Promise<{ readonly descent: Descent; readonly author: string | null }> {
  const parent = await tx.db
    .selectFrom("tasks")
    .innerJoin("runs", "runs.task_id", "tasks.id")
    .select(["tasks.origins", "tasks.schedule", "tasks.root_run", "tasks.depth"])
    .where("runs.id", "=", runId)
    .executeTakeFirst();
  const rootRun = parent?.root_run ?? runId;
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) {
    throw new SparkyError("rate_limited", `what a run starts may start more, ${MAX_DEPTH} deep, and this is as deep`, {
      hint: "do the rest in this run",
    });
  }
  // Runs of one tree add side by side on several nodes: they count one after another.
  if (tx.kind === "postgres") await sql`SELECT pg_advisory_xact_lock(hashtext(${rootRun}))`.execute(tx.db);
  const { n } = await tx.db
    .selectFrom("tasks")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("root_run", "=", rootRun)
    .executeTakeFirstOrThrow();
  if (Number(n) >= MAX_DESCENDANTS) {
    throw new SparkyError("rate_limited", `a run and what it starts may add ${MAX_DESCENDANTS} tasks, and have`, {
      hint: "put the rest into one task's instruction",
    });
  }
  const said = await tx.db
    .selectFrom("approvals")
    .select("author_id")
    .where("run_id", "=", runId)
    .where("call_id", "=", callId)
    .where("state", "=", "approved")
    .orderBy("requested_at", "desc")
    .executeTakeFirst();
  const author = said?.author_id ?? null;
  const origins = author === null ? joined(originsOf(parent ?? null), ["task"]) : (["task"] as const);
  return { descent: { parentRun: runId, rootRun, depth, origins }, author };
}

/** The ids of the run, and of those that it descends from. */
export function lineOf(runId: string): RawBuilder<string> {
  return sql<string>`(
    WITH RECURSIVE line (id, n) AS (
      SELECT CAST(${runId} AS text), 0
      UNION ALL
      SELECT t.parent_run, line.n + 1 FROM line JOIN runs r ON r.id = line.id JOIN tasks t ON t.id = r.task_id
      WHERE t.parent_run IS NOT NULL AND line.n < ${sql.lit(FAR)})
    SELECT id FROM line)`;
}

/** Runs of the line whose tasks have limits, each with them: they hold for the run and for all that it has started. */
export async function limitsAbove(db: Db, runId: string): Promise<readonly { runId: string; limits: string }[]> {
  return db
    .selectFrom("runs")
    .innerJoin("tasks", "tasks.id", "runs.task_id")
    .select(["runs.id as runId", "tasks.limits"])
    .where("runs.id", "in", lineOf(runId))
    .where("tasks.limits", "!=", "{}")
    .execute();
}

/** What the run and all that it has started have spent together. */
export async function spentTogether(db: Db, runId: string, now: number) {
  const { rows } = await sql<{ steps: number; worked: number; tokens: number; cost: number | null }>`
    WITH RECURSIVE tree (id, n) AS (
      SELECT CAST(${runId} AS text), 0
      UNION ALL
      SELECT r.id, tree.n + 1 FROM tree JOIN tasks t ON t.parent_run = tree.id JOIN runs r ON r.task_id = t.id
      WHERE tree.n < ${sql.lit(FAR)})
    SELECT coalesce(sum(step), 0) AS steps, sum(cost_usd) AS cost,
      coalesce(sum(worked_ms + CASE WHEN lease_at IS NULL THEN 0 ELSE CAST(${now} AS bigint) - lease_at END), 0) AS worked,
      coalesce(sum(input_tokens + output_tokens), 0) AS tokens
    FROM runs WHERE id IN (SELECT id FROM tree)`.execute(db);
  const [sum] = rows;
  return {
    steps: Number(sum?.steps ?? 0),
    workedMs: Number(sum?.worked ?? 0),
    tokens: Number(sum?.tokens ?? 0),
    costUsd: sum?.cost == null ? null : Number(sum.cost),
  };
}
