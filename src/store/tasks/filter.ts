import { sql, type Expression, type ExpressionBuilder, type SqlBool } from "kysely";
import type { Schema, TaskRow } from "../database/schema.ts";
import { begins, contains, formsOf } from "../database/spellings.ts";

/** Who a task comes from: a person, a schedule, or a run that has added it. */
export type TaskOrigin = "person" | "schedule" | "run";

/** Which tasks are meant: all that each given field allows. */
export interface TasksFilter {
  readonly status?: TaskRow["status"] | undefined;
  readonly schedule?: string | undefined;
  readonly origin?: TaskOrigin | undefined;
  readonly chatId?: string | undefined;
  /** Words in the instruction or the result. */
  readonly search?: string | undefined;
  /** Only ids that start so. */
  readonly prefix?: string | undefined;
  /** Added at this time (ISO 8601) or later. */
  readonly since?: string | undefined;
  /** Added before this time. */
  readonly before?: string | undefined;
}

export function tasksMatching(filter: TasksFilter) {
  const { status, schedule, origin, chatId, search, prefix, since, before } = filter;
  return (eb: ExpressionBuilder<Schema, "tasks">): Expression<SqlBool> =>
    eb.and([
      ...(status === undefined ? [] : [eb("tasks.status", "=", status)]),
      ...(schedule === undefined ? [] : [eb("tasks.schedule", "in", formsOf(schedule))]),
      ...(origin === undefined ? [] : [ORIGINS[origin](eb)]),
      ...(chatId === undefined ? [] : [eb("tasks.chat_id", "=", chatId)]),
      ...(since === undefined ? [] : [eb("tasks.created_at", ">=", Date.parse(since))]),
      ...(before === undefined ? [] : [eb("tasks.created_at", "<", Date.parse(before))]),
      ...(prefix === undefined ? [] : [begins("tasks.id", prefix)]),
      ...(search === undefined
        ? []
        : [sql<SqlBool>`(${contains("tasks.instruction", search)} OR ${contains("tasks.result", search)})`]),
    ]);
}

const ORIGINS: { readonly [origin in TaskOrigin]: (eb: ExpressionBuilder<Schema, "tasks">) => Expression<SqlBool> } = {
  person: (eb) => eb.and([eb("tasks.schedule", "is", null), eb("tasks.parent_run", "is", null)]),
  schedule: (eb) => eb.and([eb("tasks.schedule", "is not", null), eb("tasks.parent_run", "is", null)]),
  run: (eb) => eb("tasks.parent_run", "is not", null),
};
