import type { Task, TaskStatus } from "../../wire/api.ts";
import { taskWord, wordOfStatus } from "../../wire/state-words.ts";
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

/** A task's status in the word that people read everywhere; its colour only repeats it. */
export function statusWord({ paint }: Output, task: Pick<Task, "status" | "waitsFor" | "flaws">): string {
  const word = taskWord(task);
  switch (task.status) {
    case "completed":
      return task.flaws === null ? paint.green(word) : paint.yellow(word);
    case "failed":
      return paint.red(word);
    case "in_progress":
      return paint.cyan(word);
    case "waiting":
      return paint.yellow(word);
    default:
      return word;
  }
}

/** The status that a person means by the word that lists show for it; else what was given. */
export function statusNamed(text: string): string {
  return TASK_STATUSES.find((status) => wordOfStatus(status) === text.toLowerCase()) ?? text;
}

export function hasEnded(status: TaskStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
