import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import type { RunRow, TaskRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { asAsked } from "../runs/children.ts";
import { waitsFor } from "../runs/run.ts";
import { flawsOf } from "../tasks/read.ts";
import { may, taskFor } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { shorten } from "../../core/text.ts";

/** A task that a task's runs have started, at any distance. */
export interface TreeTask {
  readonly id: string;
  /** The task whose run has started it. */
  readonly parentId: string;
  /** 1: the task's own child. */
  readonly depth: number;
  readonly instruction: string;
  readonly status: TaskRow["status"];
  readonly waitsFor: RunRow["wait_reason"];
  readonly flaws: string | null;
  readonly chatId: string;
  /** Its parent waits for it, or has. */
  readonly isDelegated: boolean;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: string | null;
}

const MOST = 200;
const SHOWN = 300;

/** All that the task has started, as far as the viewer may see it: each behind its parent, the oldest first. */
export async function taskTree(
  store: Store,
  viewer: User,
  taskId: string,
): Promise<{ readonly items: readonly TreeTask[]; readonly next: null }> {
  await taskFor(store.db, viewer, "see", taskId);
  const { rows: places } = await sql<{ id: string; parent: string; depth: number }>`
    WITH RECURSIVE tree (id, parent, depth) AS (
      SELECT t.id, r.task_id, 1 FROM runs r JOIN tasks t ON t.parent_run = r.id WHERE r.task_id = ${taskId}
      UNION ALL
      SELECT t.id, r.task_id, tree.depth + 1 FROM tree JOIN runs r ON r.task_id = tree.id
        JOIN tasks t ON t.parent_run = r.id WHERE tree.depth < 6)
    SELECT id, parent, depth FROM tree LIMIT ${MOST}`.execute(store.db);
  if (places.length === 0) return { items: [], next: null };
  const rows = await store.db
    .selectFrom("tasks")
    .leftJoin("runs", "runs.id", "tasks.run_id")
    .selectAll("tasks")
    .select(["runs.state as run_state", "runs.wait_reason", "runs.reason"])
    .where(
      "tasks.id",
      "in",
      places.map(({ id }) => id),
    )
    .where(may(viewer, "see", "tasks"))
    .execute();
  rows.sort(asAsked);
  const placeOf = new Map(places.map((place) => [place.id, place]));
  const items: TreeTask[] = [];
  const add = (parentId: string): void => {
    for (const row of rows) {
      const place = placeOf.get(row.id);
      if (place?.parent !== parentId) continue;
      items.push(treeTask(row, parentId, Number(place.depth)));
      add(row.id);
    }
  };
  add(taskId);
  return { items, next: null };
}

type TreeRow = TaskRow & {
  readonly run_state: RunRow["state"] | null;
  readonly wait_reason: RunRow["wait_reason"];
  readonly reason: string | null;
};

function treeTask(row: TreeRow, parentId: string, depth: number): TreeTask {
  return {
    id: row.id,
    parentId,
    depth,
    instruction: shorten(row.instruction, SHOWN),
    status: row.status,
    waitsFor: row.run_state === null ? null : waitsFor({ state: row.run_state, wait_reason: row.wait_reason }),
    flaws: flawsOf(row, row),
    chatId: row.chat_id,
    isDelegated: row.parent_call !== null,
    startedAt: row.started_at === null ? null : isoTime(row.started_at),
    finishedAt: row.finished_at === null ? null : isoTime(row.finished_at),
    error: row.error,
  };
}
