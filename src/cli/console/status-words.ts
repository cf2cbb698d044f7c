import type { TaskStatus } from "../../wire/api.ts";
import type { Output } from "./output.ts";

/** The wire's task statuses, without loading its schemas. */
export const TASK_STATUSES = [
  "pending",
  "in_progress",
  "waiting",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly TaskStatus[];

/** A task's status; its colour only repeats the word. */
export function statusWord({ paint }: Output, status: TaskStatus): string {
  switch (status) {
    case "completed":
      return paint.green(status);
    case "failed":
      return paint.red(status);
    case "in_progress":
      return paint.cyan(status);
    case "waiting":
      return paint.yellow(status);
    case "pending":
    case "cancelled":
      return status;
    default:
      // A status that a newer server knows.
      return status satisfies never;
  }
}

export function hasEnded(status: TaskStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
