import { isShown as isWanted, type EventFilter } from "../../src/core/event-filter.ts";
import type { OpenPart, OpenParts } from "../../src/core/open-parts.ts";
import { isEnded, type RunView } from "../../src/core/run-state.ts";
import { callState, type CallEntry, type Entry, type EventEntry } from "../../src/core/transcript.ts";
import type { OutboxItem } from "../live/kept-messages.ts";

/** How the transcript is laid out: one row for each thing on screen, so that a list of any length can be virtual. */

/** The framed block of a task's run that a row is part of. */
export interface Frame {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

type Content =
  | { readonly kind: "event"; readonly entry: EventEntry; readonly run: RunView | undefined }
  | {
      readonly kind: "call";
      readonly call: CallEntry;
      readonly run: RunView | undefined;
      /** How far it is, in its tool's words. */
      readonly progress: string | null;
    }
  | { readonly kind: "fold"; readonly calls: readonly CallEntry[]; readonly run: RunView | undefined }
  | { readonly kind: "attempts"; readonly entries: readonly EventEntry[]; readonly run: RunView | undefined }
  | {
      readonly kind: "failure";
      readonly entry: EventEntry;
      readonly error: EventEntry | null;
      readonly run: RunView | undefined;
    }
  | { readonly kind: "part"; readonly part: OpenPart }
  | { readonly kind: "head"; readonly taskId: string; readonly runId: string; readonly run: RunView | undefined }
  | { readonly kind: "outbox"; readonly item: OutboxItem };
export type Row = Content & { readonly key: string; readonly frame: Frame | null };

export interface RowSource {
  readonly entries: readonly Entry[];
  readonly parts: readonly OpenPart[];
  readonly progress: OpenParts["progress"];
  readonly outbox: readonly OutboxItem[];
  readonly runOf: (runId: string) => RunView | undefined;
  /** What this person wants to see. */
  readonly filter: EventFilter;
}

/** So many good calls in a row become one line. */
const FOLD_FROM = 3;

type Draft = Content & { readonly key: string; readonly runId: string | null; readonly taskId: string | null };

export function toRows(source: RowSource): Row[] {
  const entries = source.entries.filter((entry) => isShown(entry, source)).map((entry) => draftOf(entry, source));
  const drafts = withFailures(foldAttempts(entries, source));
  for (const part of source.parts) {
    const { runId } = part;
    if (part.kind === "thought" && !source.filter.thoughts) continue;
    drafts.push({
      kind: "part",
      key: partKey(runId, part.part),
      part,
      runId,
      taskId: source.runOf(runId)?.taskId ?? null,
    });
  }
  const rows = framed(foldCalls(drafts), source);
  for (const item of source.outbox) rows.push({ kind: "outbox", key: `o${item.key}`, item, frame: null });
  return rows;
}

/**
 * A turn that was only queued and started says so in the bar below; its lines here would only repeat it. What asks a person,
 * and how it was answered, is told by its call.
 */
function isShown(entry: Entry, { runOf, filter }: RowSource): boolean {
  if (entry.kind === "call") {
    return filter.tools || !isQuiet(entry, entry.runId === null ? undefined : runOf(entry.runId));
  }
  if (!isWanted(entry.event, filter)) return false;
  if (entry.event.type !== "status") return true;
  const { state } = entry.event.data;
  const reason = "reason" in entry.event.data ? entry.event.data.reason : undefined;
  if (state === "waiting" && (reason === "approval" || reason === "question")) return false;
  if (state === "resumed" && (reason === "approval" || reason === "answer")) return false;
  if (entry.taskId !== null) return true;
  const run = entry.runId === null ? undefined : runOf(entry.runId);
  return run?.taskId != null || (state !== "queued" && state !== "starting" && state !== "stopping");
}

function draftOf(entry: Entry, { runOf, progress }: RowSource): Draft {
  const { runId, taskId } = entry;
  const run = runId === null ? undefined : runOf(runId);
  if (entry.kind === "call") {
    const told = progress.get(entry.callId)?.text ?? null;
    return { kind: "call", key: `c${entry.callId}`, call: entry, run, progress: told, runId, taskId };
  }
  const { event } = entry;
  const part = event.type === "message" || event.type === "thought" ? event.data.part : undefined;
  // The same key as the part had while it streamed, so that the row stays and only its text becomes final.
  const key = part !== undefined && runId !== null ? partKey(runId, part) : `e${entry.seq}`;
  return { kind: "event", key, entry, run, runId, taskId };
}

function partKey(runId: string, part: string): string {
  return `p${runId}/${part}`;
}

/**
 * One row for all attempts of a step: what failed and is tried again, half answers that were discarded, and the waits between.
 */
function foldAttempts(drafts: readonly Draft[], source: RowSource): Draft[] {
  const discarded = discardedIn(drafts, source);
  const out: Draft[] = [];
  for (let at = 0; at < drafts.length;) {
    const first = drafts[at] as Draft;
    let end = at;
    const entries: EventEntry[] = [];
    for (let draft = first; draft?.kind === "event" && draft.runId === first.runId; draft = drafts[++end] as Draft) {
      if (!isOfAttempt(draft.entry, discarded)) break;
      entries.push(draft.entry);
    }
    if (entries.some(({ event }) => event.type === "error" || discarded.has(event.seq)) && first.kind === "event") {
      const { run, runId, taskId } = first;
      out.push({ kind: "attempts", key: `a${first.key}`, entries, run, runId, taskId });
      at = end;
    } else out.push(drafts[at++] as Draft);
  }
  return out;
}

function isOfAttempt({ event }: EventEntry, discarded: ReadonlySet<number>): boolean {
  if (event.type === "error") return event.data.retryable;
  if (event.type !== "status") return discarded.has(event.seq);
  const { data } = event;
  if (data.state === "interrupted") return true;
  return (
    (data.state === "waiting" && data.reason === "retry") ||
    (data.state === "resumed" && (data.reason === "retry" || data.reason === "recovered"))
  );
}

/** Half answers of a step that began again, or will: of a run that ended with one, it is what is left of its words. */
function discardedIn(drafts: readonly Draft[], { runOf }: RowSource): ReadonlySet<number> {
  const found = new Set<number>();
  const goesOn = new Set<string>();
  for (const draft of drafts.toReversed()) {
    if (draft.runId === null) continue;
    if (draft.kind === "call") goesOn.add(draft.runId);
    if (draft.kind !== "event") continue;
    const { event } = draft.entry;
    if (event.type !== "message" && event.type !== "thought") continue;
    const run = runOf(draft.runId);
    const isOver = run === undefined || isEnded(run.state);
    if (event.data.partial === true && (!isOver || goesOn.has(draft.runId))) found.add(event.seq);
    goesOn.add(draft.runId);
  }
  return found;
}

/** How a run failed is said once: by its last error, with its last status. */
function withFailures(drafts: readonly Draft[]): Draft[] {
  const out: Draft[] = [];
  for (const draft of drafts) {
    const { event } = draft.kind === "event" ? draft.entry : { event: null };
    if (draft.kind !== "event" || event?.type !== "status" || event.data.state !== "failed") {
      out.push(draft);
      continue;
    }
    const before = out.at(-1);
    const error =
      before?.kind === "event" && before.runId === draft.runId && before.entry.event.type === "error"
        ? before.entry
        : null;
    if (error !== null) out.pop();
    const { entry, run, runId, taskId } = draft;
    out.push({ kind: "failure", key: draft.key, entry, error, run, runId, taskId });
  }
  return out;
}

/** Folds what went well and is over: the calls at the end of a working run stay open to view. */
function foldCalls(drafts: readonly Draft[]): Draft[] {
  const out: Draft[] = [];
  for (let at = 0; at < drafts.length;) {
    const first = drafts[at] as Draft;
    let end = at;
    while (end < drafts.length && isQuietCall(drafts[end]) && drafts[end]?.runId === first.runId) end += 1;
    const isOver = end < drafts.length || ("run" in first && first.run !== undefined && isEnded(first.run.state));
    if (end - at >= FOLD_FROM && isOver && first.kind === "call") {
      const calls = drafts.slice(at, end).flatMap((draft) => (draft.kind === "call" ? [draft.call] : []));
      const { run, runId, taskId } = first;
      out.push({ kind: "fold", key: `f${first.key}`, calls, run, runId, taskId });
      at = end;
    } else {
      out.push(...(end > at ? drafts.slice(at, end) : [first]));
      at = Math.max(end, at + 1);
    }
  }
  return out;
}

function isQuietCall(draft: Draft | undefined): boolean {
  return draft?.kind === "call" && isQuiet(draft.call, draft.run);
}

/** It went well, and nobody was asked. */
function isQuiet(call: CallEntry, run: RunView | undefined): boolean {
  return (
    call.approval === null && call.question === null && call.children.size === 0 && callState(call, run) === "done"
  );
}

/** Draws a frame around what stands together and belongs to one run of a task, and puts a head on it. */
function framed(drafts: readonly Draft[], { runOf }: RowSource): Row[] {
  const rows: Row[] = [];
  drafts.forEach((draft, index) => {
    const { runId, taskId } = draft;
    if (taskId === null || runId === null) return rows.push({ ...draft, frame: null });
    const isSame = (other: Draft | undefined): boolean => other?.runId === runId && other.taskId === taskId;
    if (!isSame(drafts[index - 1])) {
      const frame = { isFirst: true, isLast: false };
      rows.push({ kind: "head", key: `h${draft.key}`, taskId, runId, run: runOf(runId), frame });
    }
    return rows.push({ ...draft, frame: { isFirst: false, isLast: !isSame(drafts[index + 1]) } });
  });
  return rows;
}
