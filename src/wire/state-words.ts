import type { RunStateName } from "../core/run-state.ts";
import type { Task, TaskStatus } from "./api.ts";
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
  flawed: "Done with errors",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Interrupted",
  late: "Done late",
  merged: "Merged",
  skipped: "Skipped",
} as const satisfies { readonly [state in RunStateName]: string } & { readonly [state: string]: string };

export type Shown = keyof typeof STATE_WORDS;

/** Of a run: who or what it waits for, and whether all went well. */
export function shownRun(run: {
  readonly state: RunStateName;
  readonly waitsFor: string | null;
  readonly reason: string | null;
}): Shown {
  if (run.state === "waiting") return shownWait(run.waitsFor);
  return run.state === "completed" && run.reason !== null ? "flawed" : run.state;
}

const shownWait = (waitsFor: string | null): Shown =>
  waitsFor === "approval" || waitsFor === "question" ? "asks" : "waiting";

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

type TaskFacts = Pick<Task, "status" | "waitsFor" | "flaws">;
type OutcomeFacts = Pick<Occurrence, "outcome" | "reason" | "waitsFor">;

export const shownStatus = (status: TaskStatus): Shown => OF_TASK[status];

export function shownTask({ status, waitsFor, flaws }: TaskFacts): Shown {
  if (status === "waiting") return shownWait(waitsFor);
  return status === "completed" && flaws !== null ? "flawed" : OF_TASK[status];
}

export function shownOutcome({ outcome, reason, waitsFor }: OutcomeFacts): Shown {
  if (outcome === "running" && waitsFor !== null) return shownWait(waitsFor);
  return (outcome === "ran" || outcome === "ran late") && reason !== null ? "flawed" : OF_OUTCOME[outcome];
}

/** Within a line: `done`. What only a newer server knows is told in its own word. */
export function runWord(state: string): string {
  const word = Object.hasOwn(STATE_WORDS, state) ? STATE_WORDS[state as Shown] : state;
  return word.toLowerCase().replaceAll("_", " ");
}

export const wordOfStatus = (status: TaskStatus): string =>
  runWord(Object.hasOwn(OF_TASK, status) ? shownStatus(status) : status);

export const taskWord = (task: TaskFacts): string =>
  runWord(Object.hasOwn(OF_TASK, task.status) ? shownTask(task) : task.status);

export const outcomeWord = (occurrence: OutcomeFacts): string =>
  runWord(Object.hasOwn(OF_OUTCOME, occurrence.outcome) ? shownOutcome(occurrence) : occurrence.outcome);
