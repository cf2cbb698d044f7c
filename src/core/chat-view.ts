import type { ChatEvent, EventOf } from "./events.ts";
import { applyRunEvent, isActive, type RunView } from "./run-state.ts";

export interface OpenCall {
  readonly callId: string;
  readonly runId: string;
  readonly step: number;
  readonly name: string;
  readonly summary: string;
  /** When the effect began; null while it has not. */
  readonly startedAt: string | null;
}

/** What can be seen of a chat beside its transcript: a fold of its events, equal live and after a reload. */
export interface ChatView {
  /** The last `seq` folded in; 0 for an empty log. */
  readonly head: number;
  readonly title: string;
  readonly runs: ReadonlyMap<string, RunView>;
  readonly activeRunId: string | null;
  readonly openCalls: readonly OpenCall[];
  readonly approvals: ReadonlyMap<string, EventOf<"approval">["data"]>;
  readonly plan: EventOf<"plan">["data"]["items"];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
}

export const emptyChatView: ChatView = {
  head: 0,
  title: "",
  runs: new Map(),
  activeRunId: null,
  openCalls: [],
  approvals: new Map(),
  plan: [],
  inputTokens: 0,
  outputTokens: 0,
  costUsd: null,
};

/** Folds one event into the view. Events at or below `head` are ignored, so a repeated page changes nothing. */
export function applyChatEvent(view: ChatView, event: ChatEvent): ChatView {
  return apply(view, event, (runs) => new Map(runs));
}

export function foldChat(events: Iterable<ChatEvent>, from: ChatView = emptyChatView): ChatView {
  // One copy for the whole fold: a chat may have thousands of runs, each with its status events.
  const own = new Map(from.runs);
  let view: ChatView = { ...from, runs: own };
  for (const event of events) view = apply(view, event, () => own);
  return view;
}

/** `draft` gives the map of runs that may be written to. */
type Draft = (runs: ChatView["runs"]) => Map<string, RunView>;

function apply(view: ChatView, event: ChatEvent, draft: Draft): ChatView {
  if (event.seq <= view.head) return view;
  const next = applyByType({ ...view, head: event.seq }, event);
  return event.runId === null ? next : applyRun(next, event as ChatEvent & { runId: string }, draft);
}

function applyRun(view: ChatView, event: ChatEvent & { runId: string }, draft: Draft): ChatView {
  const before = view.runs.get(event.runId);
  const run = applyRunEvent(before, event);
  if (run === before) return view;
  const runs = draft(view.runs).set(run.id, run);
  const activeRunId = isActive(run.state) ? run.id : view.activeRunId === run.id ? null : view.activeRunId;
  return { ...view, runs, activeRunId };
}

function applyByType(view: ChatView, event: ChatEvent): ChatView {
  switch (event.type) {
    case "chat":
      return event.data.change === "created" || event.data.change === "renamed"
        ? { ...view, title: event.data.title }
        : view;
    case "tool_use": {
      const { callId, name, summary } = event.data;
      const call = { callId, name, summary, runId: event.runId ?? "", step: event.step ?? 0, startedAt: null };
      return { ...view, openCalls: [...view.openCalls, call] };
    }
    case "tool_start":
      return {
        ...view,
        openCalls: view.openCalls.map((call) =>
          call.callId === event.data.callId ? { ...call, startedAt: event.at } : call,
        ),
      };
    case "tool_result":
      return { ...view, openCalls: view.openCalls.filter((call) => call.callId !== event.data.callId) };
    case "plan":
      return { ...view, plan: event.data.items };
    case "approval":
      return { ...view, approvals: new Map(view.approvals).set(event.data.approvalId, event.data) };
    case "usage":
      return {
        ...view,
        inputTokens: view.inputTokens + event.data.inputTokens,
        outputTokens: view.outputTokens + event.data.outputTokens,
        costUsd: event.data.costUsd === undefined ? view.costUsd : (view.costUsd ?? 0) + event.data.costUsd,
      };
    case "message":
    case "thought":
    case "status":
    case "summary":
    case "recall":
    case "error":
      return view;
    default:
      // A newer server's event type: shown as such in the transcript, no part of this view.
      return view;
  }
}
