import { sql, type RawBuilder, type SqlBool } from "kysely";
import { isEnded } from "../../core/run-state.ts";
import type { TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** Tasks that a call has delegated and whose end its run was not told of yet: written out, so that the partial index applies. */
export const untold = (): RawBuilder<SqlBool> => sql<SqlBool>`tasks.parent_call IS NOT NULL AND tasks.told = 0`;

/** What the run's calls have delegated, by call, in the order in which it was asked for. */
export async function childrenOfRun(db: Db, runId: string): Promise<ReadonlyMap<string, readonly TaskRow[]>> {
  const rows = await db
    .selectFrom("tasks")
    .selectAll()
    .where("parent_run", "=", runId)
    .where("parent_call", "is not", null)
    .execute();
  return Map.groupBy(rows.toSorted(asAsked), (row) => row.parent_call ?? "");
}

/** The key of one that was delegated ends with its place in its call; those of one call begin alike, and at the same instant. */
export function asAsked(one: TaskRow, other: TaskRow): number {
  const place = ({ key }: TaskRow): number => Number(/:(\d+)$/.exec(key ?? "")?.[1] ?? 0);
  return one.created_at - other.created_at || place(one) - place(other);
}

/** Deleted, it will not end any more. */
export const isOver = (task: TaskRow): boolean => isEnded(task.status) || task.deleted_at !== null;
