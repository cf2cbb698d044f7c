import type { OpenPart } from "../../src/core/open-parts.ts";
import { isEnded, type RunView } from "../../src/core/run-state.ts";
import { callState, type CallEntry, type Entry, type EventEntry } from "../../src/core/transcript.ts";
import type { OutboxItem } from "../live/outbox.ts";

/** How the transcript is laid out: one row for each thing on screen, so that a list of any length can be virtual. */

/** The framed block of a task's run that a row is part of. */
export interface Frame {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

type Content =
  | { readonly kind: "event"; readonly entry: EventEntry; readonly run: RunView | undefined }
  | { readonly kind: "call"; readonly call: CallEntry; readonly run: RunView | undefined }
  | { readonly kind: "fold"; readonly calls: readonly CallEntry[]; readonly run: RunView | undefined }
  | { readonly kind: "part"; readonly part: OpenPart }
  | { readonly kind: "head"; readonly taskId: string; readonly runId: string; readonly run: RunView | undefined }
  | { readonly kind: "outbox"; readonly item: OutboxItem };
export type Row = Content & { readonly key: string; readonly frame: Frame | null };

export interface RowSource {
  readonly entries: readonly Entry[];
  readonly parts: readonly OpenPart[];
  readonly outbox: readonly OutboxItem[];
  readonly runOf: (runId: string) => RunView | undefined;
}

/** So many good calls in a row become one line. */
const FOLD_FROM = 3;

type Draft = Content & { readonly key: string; readonly runId: string | null; readonly taskId: string | null };

export function toRows(source: RowSource): Row[] {
  const drafts = source.entries.filter((entry) => isShown(entry, source)).map((entry) => draftOf(entry, source));
  for (const part of source.parts) {
    const { runId } = part;
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

/** A turn that was only queued and started says so in the bar below; its lines here would only repeat it. */
function isShown(entry: Entry, { runOf }: RowSource): boolean {
  if (entry.kind === "call" || entry.event.type !== "status" || entry.taskId !== null) return true;
  const run = entry.runId === null ? undefined : runOf(entry.runId);
  const { state } = entry.event.data;
  return run?.taskId != null || (state !== "queued" && state !== "starting" && state !== "stopping");
}

function draftOf(entry: Entry, { runOf }: RowSource): Draft {
  const { runId, taskId } = entry;
  const run = runId === null ? undefined : runOf(runId);
  if (entry.kind === "call") return { kind: "call", key: `c${entry.callId}`, call: entry, run, runId, taskId };
  const { event } = entry;
  const part = event.type === "message" || event.type === "thought" ? event.data.part : undefined;
  // The same key as the part had while it streamed, so that the row stays and only its text becomes final.
  const key = part !== undefined && runId !== null ? partKey(runId, part) : `e${entry.seq}`;
  return { kind: "event", key, entry, run, runId, taskId };
}

function partKey(runId: string, part: string): string {
  return `p${runId}/${part}`;
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
  return (
    draft?.kind === "call" &&
    draft.call.approval === null &&
    draft.call.question === null &&
    draft.call.children.size === 0 &&
    callState(draft.call, draft.run) === "done"
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
