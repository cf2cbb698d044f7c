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

/**
 * Folds events into a view. Events at or below its `head` are ignored, so a repeated page changes nothing. The runs are
 * copied once for the whole fold: a chat may have thousands, each with its status events.
 */
export function foldChat(events: Iterable<ChatEvent>, from: ChatView = emptyChatView): ChatView {
  const runs = new Map(from.runs);
  let view: ChatView = { ...from, runs };
  for (const event of events) {
    if (event.seq <= view.head) continue;
    view = applyByType({ ...view, head: event.seq }, event);
    if (event.runId !== null) view = applyRun(view, event as ChatEvent & { runId: string }, runs);
  }
  return view;
}

function applyRun(view: ChatView, event: ChatEvent & { runId: string }, runs: Map<string, RunView>): ChatView {
  const before = runs.get(event.runId);
  const run = applyRunEvent(before, event);
  if (run === before) return view;
  runs.set(run.id, run);
  const activeRunId = isActive(run.state) ? run.id : view.activeRunId === run.id ? null : view.activeRunId;
  return activeRunId === view.activeRunId ? view : { ...view, activeRunId };
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
    case "schedule":
    case "error":
      return view;
    default:
      // A newer server's event type: shown as such in the transcript, no part of this view.
      return view;
  }
}
