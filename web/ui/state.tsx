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
import type { RunView } from "../../src/core/run-state.ts";
import { shownRun, STATE_WORDS, type Shown } from "../../src/wire/state-words.ts";

/** The one vocabulary of states: always an icon, a word and a colour. The words are the terminal's too. */

const LOOKS: Readonly<Record<Shown, { readonly icon: LucideIcon; readonly colour: string }>> = {
  queued: { icon: Circle, colour: "text-muted" },
  working: { icon: LoaderCircle, colour: "text-live" },
  waiting: { icon: Clock3, colour: "text-warn" },
  /** For a person. */
  asks: { icon: Hand, colour: "text-warn" },
  stopping: { icon: OctagonPause, colour: "text-warn" },
  completed: { icon: CircleCheck, colour: "text-good" },
  /** Done, though not all went well on the way. */
  flawed: { icon: CircleAlert, colour: "text-warn" },
  failed: { icon: CircleX, colour: "text-bad" },
  cancelled: { icon: Ban, colour: "text-muted" },
  interrupted: { icon: Zap, colour: "text-warn" },
  late: { icon: ClockAlert, colour: "text-good" },
  merged: { icon: Merge, colour: "text-muted" },
  skipped: { icon: CircleDashed, colour: "text-muted" },
};

export function stateWord(state: Shown): string {
  return STATE_WORDS[state];
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
      {word ?? STATE_WORDS[state]}
    </span>
  );
}

/** Of a run as its log tells it: its reason to wait is a code. */
export function stateOfRun({ state, reason }: Pick<RunView, "state" | "reason">): Shown {
  return shownRun({ state, reason, waitsFor: state === "waiting" ? reason : null });
}
