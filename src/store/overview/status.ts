import { holdingRuns } from "../runs/open.ts";
import { currentOf, runOf, type Run } from "../runs/run.ts";
import type { TaskRow } from "../database/schema.ts";
import { may } from "../people/access.ts";
import type { Store } from "../database/store.ts";
import { titleFrom } from "../chats/chats.ts";
import type { User } from "../people/user.ts";

export type TaskCounts = { readonly [status in TaskRow["status"]]: number } & { readonly total: number };

export async function taskCounts(store: Store, viewer: User): Promise<TaskCounts> {
  const counted = store.db
    .selectFrom("tasks")
    .select((eb) => ["tasks.status", eb.fn.countAll<number>().as("n")])
    .where(may(viewer, "see", "tasks"))
    .groupBy(["tasks.owner_id", "tasks.status"]);
  // By the index of owners and statuses: one's own, and whatever else one may see.
  const rows = await counted
    .where("tasks.owner_id", "=", viewer.id)
    .unionAll(counted.where("tasks.owner_id", "<", viewer.id))
    .unionAll(counted.where("tasks.owner_id", ">", viewer.id))
    .execute();
  const count = (status: TaskRow["status"]): number =>
    rows.reduce((sum, row) => sum + (row.status === status ? Number(row.n) : 0), 0);
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
    // From the few runs that are at work.
    .crossJoin("chats")
    .whereRef("chats.id", "=", "runs.chat_id")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .selectAll("runs")
    .select(["chats.title as chat_title", "tasks.instruction", "tasks.schedule"])
    .where(holdingRuns())
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
