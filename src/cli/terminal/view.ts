import type { ChatEvent, EventOf } from "../../core/events.ts";
import {
  applyDelta,
  applyProgress,
  closeParts,
  noOpenParts,
  type Progress,
  type Delta,
  type OpenParts,
} from "../../core/open-parts.ts";
import { isActive, isEnded, type RunView } from "../../core/run-state.ts";
import { callState, emptyTranscript, foldTranscript, type CallEntry, type Transcript } from "../../core/transcript.ts";
import { isSettled, type Shown } from "./entry.ts";

/**
 * What the terminal holds of a chat. What is settled leaves it, to be written above once and for good; what may still
 * change stays, and is drawn again and again at the bottom. A pure fold, so it does not matter how the log was cut into
 * pieces on its way here.
 */
export interface TerminalView {
  /** Its entries are only those that have not been given away. */
  readonly transcript: Transcript;
  readonly open: OpenParts;
  readonly plan: { readonly runId: string | null; readonly items: EventOf<"plan">["data"]["items"] };
  /** Keys of the messages that have been seen in the log. */
  readonly keys: ReadonlySet<string>;
}

export const emptyTerminalView: TerminalView = {
  transcript: emptyTranscript,
  open: noOpenParts,
  plan: { runId: null, items: [] },
  keys: new Set(),
};

export type Arrival =
  | { readonly kind: "event"; readonly event: ChatEvent }
  | { readonly kind: "delta"; readonly delta: Delta }
  | { readonly kind: "progress"; readonly progress: Progress };

export interface Advanced {
  readonly view: TerminalView;
  /** In the log's order; each entry is given once. */
  readonly settled: readonly Shown[];
}

export function advance(before: TerminalView, arrivals: readonly Arrival[]): Advanced {
  const events: ChatEvent[] = [];
  let keys: Set<string> | null = null;
  let { open, plan } = before;
  for (const arrival of arrivals) {
    if (arrival.kind === "delta") {
      open = applyDelta(open, arrival.delta);
      continue;
    }
    if (arrival.kind === "progress") {
      open = applyProgress(open, arrival.progress);
      continue;
    }
    const { event } = arrival;
    if (event.seq <= before.transcript.last) continue;
    events.push(event);
    open = closeParts(open, event);
    if (event.type === "plan") plan = { runId: event.runId, items: event.data.items };
    if (event.type === "message" && event.data.key !== undefined) (keys ??= new Set(before.keys)).add(event.data.key);
  }
  const whole = foldTranscript(events, before.transcript);
  // A run that has ended says nothing more: a delta that was under way is too late.
  const parts = open.parts.filter((part) => !hasEnded(whole.runs.get(part.runId)));
  if (parts.length < open.parts.length) open = { ...open, parts };
  const progress = new Map([...open.progress].filter(([, each]) => !hasEnded(whole.runs.get(each.runId))));
  if (progress.size < open.progress.size) open = { ...open, progress };
  const shown = whole.entries.map((entry) => ({ entry, run: runOf(whole, entry.runId) }));
  const unsettled = shown.findIndex((each) => !isSettled(each));
  const count = unsettled === -1 ? shown.length : unsettled;
  const transcript = count === 0 ? whole : { ...whole, entries: whole.entries.slice(count) };
  return { view: { transcript, open, plan, keys: keys ?? before.keys }, settled: shown.slice(0, count) };
}

/** What may still change, in the log's order. */
export function pending({ transcript }: TerminalView): readonly Shown[] {
  return transcript.entries.map((entry) => ({ entry, run: runOf(transcript, entry.runId) }));
}

/** The run that holds the chat, else the one that is next; null when the agent has nothing to do here. */
export function currentRun({ transcript }: TerminalView): RunView | null {
  const open = [...transcript.runs.values()].filter((run) => !isEnded(run.state));
  return open.find((run) => isActive(run.state)) ?? open[0] ?? null;
}

/** A call that waits for a person's answer. */
export type Question = CallEntry & { readonly approval: EventOf<"approval"> };

export function questions(view: TerminalView): readonly Question[] {
  return pending(view).flatMap(({ entry, run }) =>
    entry.kind === "call" && entry.approval?.data.state === "requested" && callState(entry, run) === "asks"
      ? [{ ...entry, approval: entry.approval }]
      : [],
  );
}

/** What the agent asks the person: the next message is the answer to the first. */
export function asking(view: TerminalView): readonly EventOf<"question">[] {
  return pending(view).flatMap(({ entry, run }) =>
    entry.kind === "call" && entry.question?.data.state === "asked" && callState(entry, run) === "asks"
      ? [entry.question]
      : [],
  );
}

/** Calls that are at work now. */
export function callsAtWork(view: TerminalView): readonly CallEntry[] {
  return pending(view).flatMap(({ entry, run }) =>
    entry.kind === "call" && callState(entry, run) === "working" ? [entry] : [],
  );
}

function runOf(transcript: Transcript, runId: string | null): RunView | undefined {
  return runId === null ? undefined : transcript.runs.get(runId);
}

function hasEnded(run: RunView | undefined): boolean {
  return run !== undefined && isEnded(run.state);
}
