import type { ChatEvent, EventOf } from "./events.ts";
import { applyRunEvent, isActive, type RunView } from "./run-state.ts";

export interface OpenCall {
  readonly callId: string;
  readonly runId: string;
  readonly step: number;
  readonly name: string;
  readonly summary: string;
  /** When the effect began; null while it has not, and while the call waits for an answer. */
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
  readonly questions: ReadonlyMap<string, EventOf<"question">["data"]>;
  readonly plan: EventOf<"plan">["data"]["items"];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** What the last model call took; null before the first. */
  readonly lastCall: EventOf<"usage">["data"] | null;
}

export const emptyChatView: ChatView = {
  head: 0,
  title: "",
  runs: new Map(),
  activeRunId: null,
  openCalls: [],
  approvals: new Map(),
  questions: new Map(),
  plan: [],
  inputTokens: 0,
  outputTokens: 0,
  costUsd: null,
  lastCall: null,
};

/**
 * Folds events into a view. Events at or below its `head` are ignored, so a repeated page changes nothing. What grows with the
 * log is copied at most once for the whole fold, and only if it changes: a chat may have thousands of runs, calls, approvals.
 */
export function foldChat(events: Iterable<ChatEvent>, from: ChatView = emptyChatView): ChatView {
  const draft = new Draft(from);
  for (const event of events) draft.add(event);
  return draft.view();
}

/** A view that nobody has seen yet: changed in place. */
class Draft {
  readonly #from: ChatView;
  #small: Omit<ChatView, "runs" | "openCalls" | "approvals" | "questions">;
  #runs: Map<string, RunView> | null = null;
  /** By id, in their order. */
  #calls: Map<string, OpenCall> | null = null;
  #approvals: Map<string, EventOf<"approval">["data"]> | null = null;
  #questions: Map<string, EventOf<"question">["data"]> | null = null;

  constructor(from: ChatView) {
    this.#from = from;
    const { runs: _, openCalls: __, approvals: ___, questions: ____, ...small } = from;
    this.#small = small;
  }

  view(): ChatView {
    if (this.#small.head === this.#from.head) return this.#from;
    return {
      ...this.#small,
      runs: this.#runs ?? this.#from.runs,
      openCalls: this.#calls === null ? this.#from.openCalls : [...this.#calls.values()],
      approvals: this.#approvals ?? this.#from.approvals,
      questions: this.#questions ?? this.#from.questions,
    };
  }

  add(event: ChatEvent): void {
    if (event.seq <= this.#small.head) return;
    this.#small = { ...this.#small, head: event.seq };
    this.#addByType(event);
    if (event.runId !== null) this.#addToRun(event as ChatEvent & { runId: string });
  }

  #addToRun(event: ChatEvent & { runId: string }): void {
    const before = (this.#runs ?? this.#from.runs).get(event.runId);
    const run = applyRunEvent(before, event);
    if (run === before) return;
    this.#runs ??= new Map(this.#from.runs);
    this.#runs.set(run.id, run);
    if (isActive(run.state)) this.#small = { ...this.#small, activeRunId: run.id };
    else if (this.#small.activeRunId === run.id) this.#small = { ...this.#small, activeRunId: null };
  }

  #openCalls(): Map<string, OpenCall> {
    return (this.#calls ??= new Map(this.#from.openCalls.map((call) => [call.callId, call])));
  }

  #addByType(event: ChatEvent): void {
    switch (event.type) {
      case "chat":
        if (event.data.change === "created" || event.data.change === "renamed") {
          this.#small = { ...this.#small, title: event.data.title };
        }
        return;
      case "tool_use": {
        const { callId, name, summary } = event.data;
        const call = { callId, name, summary, runId: event.runId ?? "", step: event.step ?? 0, startedAt: null };
        this.#openCalls().set(callId, call);
        return;
      }
      case "tool_start": {
        const call = this.#openCalls().get(event.data.callId);
        if (call !== undefined) this.#openCalls().set(call.callId, { ...call, startedAt: event.at });
        return;
      }
      case "tool_result":
        this.#openCalls().delete(event.data.callId);
        return;
      case "plan":
        this.#small = { ...this.#small, plan: event.data.items };
        return;
      case "approval":
        this.#approvals ??= new Map(this.#from.approvals);
        this.#approvals.set(event.data.approvalId, event.data);
        return;
      case "question": {
        this.#questions ??= new Map(this.#from.questions);
        this.#questions.set(event.data.questionId, event.data);
        const call = this.#openCalls().get(event.data.callId);
        // It has not begun with the answer: what it did before was to ask.
        if (call !== undefined && event.data.state === "asked") {
          this.#openCalls().set(call.callId, { ...call, startedAt: null });
        }
        return;
      }
      case "usage": {
        const { inputTokens, outputTokens, costUsd } = this.#small;
        this.#small = {
          ...this.#small,
          inputTokens: inputTokens + event.data.inputTokens,
          outputTokens: outputTokens + event.data.outputTokens,
          costUsd: event.data.costUsd === undefined ? costUsd : (costUsd ?? 0) + event.data.costUsd,
          lastCall: event.data,
        };
        return;
      }
      case "message":
      case "child":
      case "notice":
      case "thought":
      case "status":
      case "summary":
      case "recall":
      case "fact":
      case "resource":
      case "schedule":
      case "error":
        return;
      default:
        // A newer server's event type: shown as such in the transcript, no part of this view.
        return;
    }
  }
}
