import { emptyChatView, foldChat, type ChatView } from "../../src/core/chat-view.ts";
import type { ChatEvent } from "../../src/core/events.ts";
import { applyDelta, applyProgress, closeParts, noOpenParts, type OpenParts } from "../../src/core/open-parts.ts";
import { emptyTranscript, foldTranscript, type LogEvent, type Transcript } from "../../src/core/transcript.ts";
import type { RunView } from "../../src/core/run-state.ts";
import type { ChatWithView, Run } from "../../src/wire/api.ts";
import type { DeltaFrame, ProgressFrame } from "../../src/wire/frames.ts";

/** What this tab holds of one chat: a stretch of its log up to the newest event, and the folds of it. All of it pure. */
export interface ChatLog {
  readonly epoch: string;
  /** The first `seq` that exists; the stretch may begin later. */
  readonly first: number;
  readonly events: readonly LogEvent[];
  readonly view: ChatView;
  readonly transcript: Transcript;
  readonly open: OpenParts;
}

/** What arrived, in its order. */
export type Arrival =
  | { readonly event: LogEvent }
  | { readonly delta: DeltaFrame }
  | { readonly progress: ProgressFrame };

/** `chat`: the server's own fold, which knows what happened before the stretch. */
export function openLog(
  page: { epoch: string; first: number; events: readonly LogEvent[] },
  chat: ChatWithView,
): ChatLog {
  const isWhole = page.events.length === 0 || page.events[0]?.seq === 1;
  const transcript = foldTranscript(page.events);
  const view = addToView(isWhole ? emptyChatView : viewFromWire(chat, transcript.runs), page.events);
  const open = page.events.reduce<OpenParts>(closeParts, noOpenParts);
  return { ...page, view, transcript, open };
}

export function addArrivals(log: ChatLog, arrivals: readonly Arrival[]): ChatLog {
  const fresh: LogEvent[] = [];
  let { open } = log;
  for (const arrival of arrivals) {
    if ("delta" in arrival) {
      const run = log.view.runs.get(arrival.delta.runId);
      if (run?.endedAt == null) open = applyDelta(open, arrival.delta);
    } else if ("progress" in arrival) {
      const run = log.view.runs.get(arrival.progress.runId);
      if (run?.endedAt == null) open = applyProgress(open, arrival.progress);
    } else {
      fresh.push(arrival.event);
      open = closeParts(open, arrival.event);
    }
  }
  if (fresh.length === 0) return open === log.open ? log : { ...log, open };
  return {
    ...log,
    first: log.first === 0 ? (fresh[0]?.seq ?? 0) : log.first,
    events: [...log.events, ...fresh],
    view: addToView(log.view, fresh),
    transcript: foldTranscript(fresh, log.transcript),
    open,
  };
}

/** The page right before the stretch. */
export function addOlder(log: ChatLog, older: readonly LogEvent[]): ChatLog {
  const start = log.events[0]?.seq ?? 0;
  const before = older.filter((event) => event.seq < start);
  if (before.length === 0) return { ...log, first: start };
  const events = [...before, ...log.events];
  return { ...log, events, transcript: foldTranscript(events, emptyTranscript) };
}

export function lastSeq(log: ChatLog): number {
  return log.events.at(-1)?.seq ?? 0;
}

export function hasOlder(log: ChatLog): boolean {
  const start = log.events[0]?.seq;
  return start !== undefined && start > Math.max(log.first, 1);
}

function addToView(view: ChatView, events: readonly LogEvent[]): ChatView {
  return foldChat(
    events.filter((event): event is ChatEvent => event.type !== "unknown"),
    view,
  );
}

/** `known`: runs as the loaded stretch tells them. */
function viewFromWire({ title, view }: ChatWithView, known: ChatView["runs"]): ChatView {
  const runs = new Map<string, RunView>();
  for (const id of view.queuedRuns) {
    const run = known.get(id);
    if (run !== undefined) runs.set(id, run);
  }
  if (view.activeRun !== null) runs.set(view.activeRun.id, runFromWire(view.activeRun, known.get(view.activeRun.id)));
  return {
    head: view.head,
    title,
    runs,
    activeRunId: view.activeRun?.id ?? null,
    openCalls: view.openCalls,
    // Only their state is known here; what they are about is in their events.
    approvals: new Map(),
    questions: new Map(),
    plan: view.plan,
    ...view.totals,
    lastCall: view.lastCall,
  };
}

/** `told`: what the loaded stretch tells of it, which may begin in its middle. */
function runFromWire(run: Run, told: RunView | undefined): RunView {
  const { id, taskId, state, attempt, queuedAt, startedAt, endedAt, workingSince, workedMs, step, costUsd, model } =
    run;
  const shared = {
    id,
    taskId,
    state,
    attempt,
    queuedAt,
    startedAt,
    endedAt,
    workingSince,
    workedMs,
    step,
    costUsd,
    model,
  };
  const words = { message: state === "waiting" ? (run.reason ?? "") : "", reason: run.waitsFor ?? run.reason };
  const said = told?.state === state ? told : { ...words, until: null, by: null };
  const { message, reason, until, by } = said;
  return { ...shared, message, reason, until, by, worker: null, inputTokens: 0, outputTokens: run.tokens };
}
