import type { RunStateName } from "../core/run-state.ts";
import type { TaskStatus } from "./api.ts";
import type { Occurrence } from "./schedules.ts";

/**
 * The one vocabulary of states for people, in the browser and on a terminal: a thing has one word wherever it is shown. Scripts
 * get the values themselves.
 */
export const STATE_WORDS = {
  queued: "Queued",
  working: "Working",
  waiting: "Waits",
  /** For a person. */
  asks: "Waits for you",
  stopping: "Stopping…",
  completed: "Done",
  /** Done, though not all went well on the way. */
  flawed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Interrupted",
  late: "Done late",
  merged: "Merged",
  skipped: "Skipped",
} as const satisfies { readonly [state in RunStateName]: string } & { readonly [state: string]: string };

export type Shown = keyof typeof STATE_WORDS;

const OF_TASK: { readonly [status in TaskStatus]: Shown } = {
  pending: "queued",
  in_progress: "working",
  waiting: "waiting",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

const OF_OUTCOME: { readonly [outcome in Occurrence["outcome"]]: Shown } = {
  queued: "queued",
  running: "working",
  ran: "completed",
  "ran late": "late",
  merged: "merged",
  skipped: "skipped",
  interrupted: "interrupted",
  failed: "failed",
  cancelled: "cancelled",
};

export const shownTask = (status: TaskStatus): Shown => OF_TASK[status];
export const shownOutcome = (outcome: Occurrence["outcome"]): Shown => OF_OUTCOME[outcome];

/** Within a line: `done`. What only a newer server knows is told in its own word. */
export function runWord(state: string): string {
  const word = Object.hasOwn(STATE_WORDS, state) ? STATE_WORDS[state as Shown] : state;
  return word.toLowerCase().replaceAll("_", " ");
}

export const taskWord = (status: TaskStatus): string =>
  runWord(Object.hasOwn(OF_TASK, status) ? shownTask(status) : status);

export const outcomeWord = (outcome: Occurrence["outcome"]): string =>
  runWord(Object.hasOwn(OF_OUTCOME, outcome) ? shownOutcome(outcome) : outcome);
