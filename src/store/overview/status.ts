import { ACTIVE } from "../../core/run-state.ts";
import { currentOf, runOf, type Run } from "../runs/run.ts";
import type { TaskRow } from "../database/schema.ts";
import { may } from "../people/access.ts";
import type { Store } from "../database/store.ts";
import { titleFrom } from "../chats/chats.ts";
import type { User } from "../people/user.ts";

export type TaskCounts = { readonly [status in TaskRow["status"]]: number } & { readonly total: number };

export async function taskCounts(store: Store, viewer: User): Promise<TaskCounts> {
  const rows = await store.db
    .selectFrom("tasks")
    .select((eb) => ["tasks.status", eb.fn.countAll<number>().as("n")])
    .where(may(viewer, "see", "tasks"))
    .groupBy("tasks.status")
    .execute();
  const count = (status: TaskRow["status"]): number => Number(rows.find((row) => row.status === status)?.n ?? 0);
  return {
    pending: count("pending"),
    in_progress: count("in_progress"),
    waiting: count("waiting"),
    completed: count("completed"),
    failed: count("failed"),
    cancelled: count("cancelled"),
    total: rows.reduce((sum, row) => sum + Number(row.n), 0),
  };
}

/** The runs that hold a chat which the viewer may see, each with a title for people; the longest at it first. */
export async function activeRuns(store: Store, viewer: User): Promise<readonly (Run & { readonly title: string })[]> {
  const rows = await store.db
    .selectFrom("runs")
    .innerJoin("chats", "chats.id", "runs.chat_id")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .selectAll("runs")
    .select(["chats.title as chat_title", "tasks.instruction", "tasks.schedule"])
    .where("runs.state", "in", [...ACTIVE])
    .where(may(viewer, "see", "chats"))
    .orderBy("runs.started_at")
    .limit(100)
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      ...runOf(row, await currentOf(store.db, row)),
      title: row.schedule ?? (row.instruction === null ? row.chat_title : titleFrom(row.instruction)),
    })),
  );
}
