import { isoTime } from "../../core/clock.ts";
import type { Effort } from "../../core/effort.ts";
import { notFound } from "../../core/errors.ts";
import type { Attachment, Json } from "../../core/events.ts";
import { may, taskFor } from "../people/access.ts";
import { waitForAPlace } from "../runs/at-once.ts";
import { currentOf, runOf, waitsFor, type Run } from "../runs/run.ts";
import type { RunRow, TaskRow } from "../database/schema.ts";
import { newestFirst, pageFrom, pageOf, totalOf, type PageQuery } from "../database/page.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import { tasksMatching, type TasksFilter } from "./filter.ts";
import type { User } from "../people/user.ts";

export interface TaskLimits {
  readonly steps?: number | undefined;
  readonly minutes?: number | undefined;
  readonly tokens?: number | undefined;
  readonly costUsd?: number | undefined;
}

/** A task as the API tells it. */
export interface Task {
  readonly id: string;
  readonly instruction: string;
  readonly status: TaskRow["status"];
  readonly chatId: string;
  readonly ownerId: string;
  readonly metadata: { readonly [key: string]: Json };
  readonly priority: number;
  readonly dependsOn: readonly string[];
  readonly runAt: string | null;
  readonly key: string | null;
  readonly limits: TaskLimits;
  readonly model: string | null;
  readonly effort: Effort | null;
  /** The files of its instruction. */
  readonly attachments?: readonly Attachment[];
  readonly attempts: number;
  readonly runId: string | null;
  readonly result: string | null;
  readonly error: string | null;
  readonly schedule: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly workingSince: string | null;
  readonly workedMs: number;
  readonly waitsFor: RunRow["wait_reason"];
  readonly flaws: string | null;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly step: number;
    readonly current: string | null;
  };
}

export async function getTask(store: Store, viewer: User, taskId: string): Promise<Task> {
  const row = await taskFor(store.db, viewer, "see", taskId);
  const [task] = await tasksOf(store.db, [row], store.clock.now());
  if (task === undefined) throw notFound(`task ${row.id}`);
  return task;
}

export interface TasksQuery extends TasksFilter, PageQuery {}

export const NEWEST_FIRST = newestFirst("tasks.created_at", "tasks.id");

/** The newest first. */
export async function listTasks(
  store: Store,
  viewer: User,
  query: TasksQuery = {},
): Promise<{ readonly items: readonly Task[]; readonly next: string | null; readonly total?: number }> {
  const matching = store.db
    .selectFrom("tasks")
    .where(may(viewer, "see", "tasks"))
    .where(tasksMatching(query));
  const rows = await matching.selectAll("tasks").$call(pageFrom(NEWEST_FIRST, query)).execute();
  const total = await totalOf(store.db, matching, query.total);
  const page = pageOf(rows, query, (row) => [row.created_at, row.id]);
  return { items: await tasksOf(store.db, page.rows, store.clock.now()), next: page.next, ...total };
}

/** The attempts at a task, the first one first. */
export async function listTaskRuns(
  store: Store,
  viewer: User,
  taskId: string,
): Promise<{ readonly items: readonly Run[]; readonly next: null }> {
  await taskFor(store.db, viewer, "see", taskId);
  const rows = await store.db
    .selectFrom("runs")
    .selectAll()
    .where("task_id", "=", taskId)
    .orderBy("queued_at")
    .execute();
  const items = await Promise.all(rows.map(async (row) => runOf(row, await currentOf(store.db, row))));
  return { items, next: null };
}

export async function tasksOf(db: Db, rows: readonly TaskRow[], now: number): Promise<readonly Task[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const deps = await db.selectFrom("task_deps").selectAll().where("task_id", "in", ids).execute();
  const runIds = rows.flatMap((row) => (row.run_id === null ? [] : [row.run_id]));
  const runs = runIds.length === 0 ? [] : await db.selectFrom("runs").selectAll().where("id", "in", runIds).execute();
  const queued = await waitForAPlace(db, runs, now);
  return Promise.all(
    rows.map(async (row) => {
      const run = runs.find((candidate) => candidate.id === row.run_id);
      return {
        id: row.id,
        instruction: row.instruction,
        status: row.status,
        chatId: row.chat_id,
        ownerId: row.owner_id,
        metadata: JSON.parse(row.metadata) as Task["metadata"],
        priority: row.priority,
        dependsOn: deps.filter((dep) => dep.task_id === row.id).map((dep) => dep.depends_on),
        runAt: row.run_at === null ? null : isoTime(row.run_at),
        key: row.key,
        limits: JSON.parse(row.limits) as TaskLimits,
        model: row.model,
        effort: row.effort,
        ...(row.attachments !== null && { attachments: JSON.parse(row.attachments) as Attachment[] }),
        attempts: row.attempts,
        runId: row.run_id,
        result: row.result,
        error: row.error,
        schedule: row.schedule,
        createdAt: isoTime(row.created_at),
        startedAt: row.started_at === null ? null : isoTime(row.started_at),
        finishedAt: row.finished_at === null ? null : isoTime(row.finished_at),
        workingSince: run?.lease_at == null ? null : isoTime(run.lease_at),
        workedMs: run?.worked_ms ?? 0,
        waitsFor: run === undefined ? null : waitsFor(run),
        flaws: flawsOf(row, run),
        progress: {
          done: row.plan_done,
          total: row.plan_total,
          step: run?.step ?? 0,
          current: run === undefined ? null : (queued.get(run.id) ?? (await doingOf(db, run))),
        },
      };
    }),
  );
}

/** What did not go well on the way of what was completed all the same. */
export const flawsOf = (task: Pick<TaskRow, "status">, run: Pick<RunRow, "reason"> | undefined): string | null =>
  task.status === "completed" ? (run?.reason ?? null) : null;

/** What it does now, or why it does nothing. */
const doingOf = async (db: Db, run: RunRow): Promise<string | null> =>
  run.state === "waiting" ? run.reason : currentOf(db, run);
