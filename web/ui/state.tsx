import {
  Ban,
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleX,
  Clock3,
  ClockAlert,
  Hand,
  LoaderCircle,
  Merge,
  OctagonPause,
  Zap,
  type LucideIcon,
} from "lucide-react";
import type { RunStateName, RunView } from "../../src/core/run-state.ts";
import type { TaskStatus } from "../../src/wire/api.ts";

/** The one vocabulary of states: always an icon, a word and a colour. */

export type Shown = RunStateName | "asks" | "flawed" | "interrupted" | "late" | "merged" | "skipped";

const LOOKS: Readonly<Record<Shown, { readonly icon: LucideIcon; readonly word: string; readonly colour: string }>> = {
  queued: { icon: Circle, word: "Queued", colour: "text-muted" },
  working: { icon: LoaderCircle, word: "Working", colour: "text-live" },
  waiting: { icon: Clock3, word: "Waits", colour: "text-warn" },
  /** For a person. */
  asks: { icon: Hand, word: "Waits for you", colour: "text-warn" },
  stopping: { icon: OctagonPause, word: "Stopping…", colour: "text-warn" },
  completed: { icon: CircleCheck, word: "Done", colour: "text-good" },
  /** Done, though not all went well on the way. */
  flawed: { icon: CircleAlert, word: "Done", colour: "text-warn" },
  failed: { icon: CircleX, word: "Failed", colour: "text-bad" },
  cancelled: { icon: Ban, word: "Cancelled", colour: "text-muted" },
  interrupted: { icon: Zap, word: "Interrupted", colour: "text-warn" },
  late: { icon: ClockAlert, word: "Done late", colour: "text-good" },
  merged: { icon: Merge, word: "Merged", colour: "text-muted" },
  skipped: { icon: CircleDashed, word: "Skipped", colour: "text-muted" },
};

export function stateWord(state: Shown): string {
  return LOOKS[state].word;
}

export function stateColour(state: Shown): string {
  return LOOKS[state].colour;
}

export function StateIcon({ state, className = "size-4" }: { state: Shown; className?: string }) {
  const { icon: Icon, colour } = LOOKS[state];
  return <Icon aria-hidden="true" className={`${className} ${colour} shrink-0 ${state === "working" ? "spin" : ""}`} />;
}

export function StateMark({ state, word }: { state: Shown; word?: string }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${LOOKS[state].colour}`}>
      <StateIcon state={state} />
      {word ?? LOOKS[state].word}
    </span>
  );
}

/** A run's state, with who or what it waits for, and whether all went well. */
export function stateOfRun({ state, reason, message }: Pick<RunView, "state" | "reason" | "message">): Shown {
  if (state === "waiting" && (reason === "approval" || reason === "question")) return "asks";
  return state === "completed" && message.includes(",") ? "flawed" : state;
}

export function stateOfTask(status: TaskStatus): Shown {
  switch (status) {
    case "pending":
      return "queued";
    case "in_progress":
      return "working";
    case "waiting":
    case "completed":
    case "failed":
    case "cancelled":
      return status;
  }
}
