import type { EventOf } from "../../src/core/events.ts";
import { isGraphTool } from "../../src/core/graph-tools.ts";
import { neverRan, type LogEvent } from "../../src/core/transcript.ts";

/**
 * A run's events as rows of a waterfall: a row for each model call and each tool call, with the stretches of time in which
 * it worked or waited. Pure; of a log that was entered in the middle it tells what its events tell.
 */

/** Milliseconds since the epoch; `to` null: it still lasts. */
export interface Span {
  readonly is: "work" | "wait";
  readonly from: number;
  readonly to: number | null;
}

export type StepState = "working" | "waiting" | "done" | "failed" | "not_run" | "unknown" | "stopped";

interface Place {
  /** The `seq` of its first event: what its address names. */
  readonly seq: number;
  readonly step: number | null;
  readonly state: StepState;
  readonly spans: readonly Span[];
}

export interface ModelStep extends Place {
  readonly kind: "model";
  readonly usage: EventOf<"usage">["data"] | null;
  readonly said: readonly EventOf<"message" | "thought">[];
  readonly error: EventOf<"error">["data"] | null;
}

export interface ToolStep extends Place {
  readonly kind: "tool";
  readonly callId: string;
  readonly name: string;
  readonly attempt: number;
  readonly use: EventOf<"tool_use"> | null;
  readonly result: EventOf<"tool_result"> | null;
  /** All that was asked and answered about it, in order. */
  readonly approvals: readonly EventOf<"approval">[];
  readonly questions: readonly EventOf<"question">[];
  readonly children: ReadonlyMap<string, EventOf<"child">["data"]["state"]>;
}

/** A stretch in which nothing worked on the run: before a new try, or until another worker took it. */
export interface WaitStep extends Place {
  readonly kind: "wait";
  readonly why: string;
}

export type Step = ModelStep | ToolStep | WaitStep;

export interface Timeline {
  readonly steps: readonly Step[];
  /** Which step each event is part of, by its `seq`. */
  readonly of: ReadonlyMap<number, Step>;
  /** When nothing worked on the run: what a clock on the wall counts, and nobody has worked. */
  readonly pauses: readonly Span[];
}

export function timelineOf(events: readonly LogEvent[]): Timeline {
  const draft = new Draft();
  for (const event of events) draft.add(event);
  return draft.timeline();
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
type OpenTool = Mutable<Omit<ToolStep, "spans" | "approvals" | "questions" | "children">> & {
  spans: Mutable<Span>[];
  approvals: EventOf<"approval">[];
  questions: EventOf<"question">[];
  children: Map<string, EventOf<"child">["data"]["state"]>;
};
type OpenModel = Mutable<Omit<ModelStep, "spans" | "said">> & {
  spans: Mutable<Span>[];
  said: EventOf<"message" | "thought">[];
};
type OpenWait = Mutable<Omit<WaitStep, "spans">> & { spans: Mutable<Span>[] };

class Draft {
  readonly #steps: (OpenTool | OpenModel | OpenWait)[] = [];
  readonly #tools = new Map<string, OpenTool>();
  readonly #pauses: Mutable<Span>[] = [];
  /** Calls without a result. */
  readonly #open = new Set<string>();
  /** What the model call that has not ended yet has given so far; null: none is known of. */
  #model: OpenModel | null = null;
  /** The wait that goes on. */
  #wait: OpenWait | null = null;
  /** The model can have been asked from here on; null: nothing works. */
  #idleSince: number | null = null;
  readonly #of = new Map<number, Step>();
  /** The `seq` of the last event, and the last step that is known of. */
  #last = 0;
  #step = 0;

  timeline(): Timeline {
    if (this.#idleSince !== null && this.#open.size === 0) {
      this.#modelCall(this.#last, this.#step + 1).spans = [{ is: "work", from: this.#idleSince, to: null }];
    }
    return { steps: this.#steps, of: this.#of, pauses: this.#pauses };
  }

  add(event: LogEvent): void {
    const at = Date.parse(event.at);
    this.#last = event.seq;
    this.#step = Math.max(this.#step, event.step ?? 0);
    switch (event.type) {
      case "status":
        return this.#status(event, at);
      case "message":
      case "thought": {
        if (event.type === "message" && event.data.role === "user") return;
        this.#partOfModel(event).said.push(event);
        return;
      }
      case "error":
        // What else ends a run is told where its end is told.
        if (!event.data.code.startsWith("model")) return;
        // It names the last step that was whole; what failed was the one after it.
        this.#modelCall(event.seq, this.#step + 1);
        this.#partOfModel(event).error = event.data;
        return;
      case "usage": {
        this.#partOfModel(event).usage = event.data;
        // Of no step: it came to nothing.
        if (event.step === null) return;
        this.#endModel("done", at, at - event.data.durationMs);
        this.#idleSince = null;
        return;
      }
      case "tool_use": {
        // The model's own row comes first, though its last event comes after the calls that it asks for.
        this.#modelCall(event.seq, event.step);
        const tool = this.#tool(event, event.data.callId, event.data.name);
        tool.use = event;
        tool.spans = event.data.badArgs === undefined ? [{ is: "work", from: at, to: null }] : [];
        return;
      }
      case "tool_start": {
        const tool = this.#tool(event, event.data.callId, "");
        tool.attempt = event.data.attempt;
        tool.state = "working";
        this.#begin(tool, "work", at);
        return;
      }
      case "approval": {
        const tool = this.#tool(event, event.data.callId, "");
        tool.approvals.push(event);
        if (event.data.state === "requested") this.#ask(tool, at);
        else if (tool.state === "waiting") this.#begin(tool, "work", at);
        return;
      }
      case "question": {
        const tool = this.#tool(event, event.data.callId, "");
        tool.questions.push(event);
        if (event.data.state === "asked") this.#ask(tool, at);
        else if (tool.state === "waiting") this.#begin(tool, "work", at);
        return;
      }
      case "child": {
        const tool = this.#tool(event, event.data.callId, "");
        tool.children.set(event.data.taskId, event.data.state);
        if (tool.result === null) this.#ask(tool, at);
        return;
      }
      case "tool_result":
        return this.#result(event, at);
      default:
        return;
    }
  }

  #status({ seq, data }: EventOf<"status">, at: number): void {
    switch (data.state) {
      case "queued":
      case "stopping":
        return;
      case "starting":
      case "resumed":
        this.#endWait(at, seq);
        for (const tool of this.#openTools()) if (tool.state !== "waiting") this.#begin(tool, "work", at);
        if (this.#open.size === 0) this.#idleSince = at;
        return;
      case "waiting":
        this.#leave(at, "failed");
        if (data.reason === "retry" || data.reason === "limit") this.#pause(seq, at, data.message);
        else this.#pauses.push({ is: "wait", from: at, to: null });
        return;
      case "interrupted":
        if (this.#idleSince !== null) this.#modelCall(seq, this.#step + 1);
        this.#leave(at, "unknown");
        for (const tool of this.#openTools()) if (tool.state === "working") end(tool.spans, at);
        this.#pause(seq, at, data.message);
        return;
      case "completed":
      case "failed":
      case "cancelled":
        if (data.state === "cancelled" && this.#idleSince !== null) this.#modelCall(seq, this.#step + 1);
        this.#leave(at, data.state === "failed" ? "failed" : "stopped");
        this.#endWait(at, seq);
        for (const tool of this.#openTools()) {
          end(tool.spans, at);
          tool.state = "stopped";
        }
        return;
    }
  }

  #result(event: EventOf<"tool_result">, at: number): void {
    const { callId, name, ok, interrupted, durationMs } = event.data;
    const tool = this.#tool(event, callId, name);
    tool.name = name;
    tool.result = event;
    tool.state = ok ? "done" : neverRan(event.data) ? "not_run" : interrupted ? "unknown" : "failed";
    end(tool.spans, at);
    // A call that only reads has no event when it begins.
    const [first] = tool.spans;
    if (tool.attempt === 0 && tool.spans.length === 1 && first?.is === "work")
      first.from = Math.max(first.from, at - durationMs);
    if (tool.spans.length === 0 && tool.state !== "not_run") {
      tool.spans.push({ is: "work", from: at - durationMs, to: at });
    }
    if (tool.state === "not_run") tool.spans = tool.spans.filter(({ is }) => is === "wait");
    this.#open.delete(callId);
    if (this.#open.size === 0 && this.#wait === null) this.#idleSince = at;
  }

  #openTools(): OpenTool[] {
    return [...this.#open].flatMap((callId) => this.#tools.get(callId) ?? []);
  }

  #ask(tool: OpenTool, at: number): void {
    tool.state = "waiting";
    this.#begin(tool, "wait", at);
  }

  #begin(tool: OpenTool, is: Span["is"], at: number): void {
    if (is === "work") tool.state = "working";
    const last = tool.spans.at(-1);
    // The time between being asked for, or let through, and its start is the queue's, not its own.
    if (last?.to === null && last.is === "work" && (is === "work" || tool.attempt === 0)) tool.spans.pop();
    else if (last?.to === null && last.is === is) return;
    end(tool.spans, at);
    tool.spans.push({ is, from: at, to: null });
  }

  #tool(event: LogEvent, callId: string, name: string): OpenTool {
    const known = this.#tools.get(callId);
    if (known !== undefined) {
      this.#of.set(event.seq, known);
      return known;
    }
    const { seq, step } = event;
    const tool: OpenTool = {
      ...{ kind: "tool", seq, step, state: "working", spans: [], callId, name, attempt: 0 },
      ...{ use: null, result: null, approvals: [], questions: [], children: new Map() },
    };
    this.#of.set(seq, tool);
    this.#tools.set(callId, tool);
    this.#open.add(callId);
    this.#steps.push(tool);
    return tool;
  }

  #modelCall(seq: number, step: number | null): OpenModel {
    if (this.#model === null) {
      const blank = { usage: null, said: [], error: null, spans: [] };
      this.#model = { kind: "model", seq, step, state: "working", ...blank };
      this.#steps.push(this.#model);
    }
    this.#model.step ??= step;
    return this.#model;
  }

  #partOfModel(event: LogEvent): OpenModel {
    const model = this.#modelCall(event.seq, event.step);
    this.#of.set(event.seq, model);
    return model;
  }

  #endModel(state: StepState, to: number, from: number): void {
    if (this.#model === null) return;
    this.#model.state = state;
    this.#model.spans = [{ is: "work", from, to }];
    this.#model = null;
  }

  /** Nothing works from now on: what the model had begun is cut off. */
  #leave(at: number, state: StepState): void {
    if (this.#model !== null) this.#endModel(state, at, this.#idleSince ?? at);
    this.#idleSince = null;
  }

  #pause(seq: number, at: number, why: string): void {
    const span = { is: "wait" as const, from: at, to: null };
    this.#pauses.push(span);
    this.#wait = { kind: "wait", seq, step: null, state: "waiting", spans: [{ ...span }], why };
    this.#of.set(seq, this.#wait);
    this.#steps.push(this.#wait);
  }

  #endWait(at: number, seq: number): void {
    end(this.#pauses, at);
    if (this.#wait === null) return;
    end(this.#wait.spans, at);
    this.#wait.state = "done";
    this.#of.set(seq, this.#wait);
    this.#wait = null;
  }
}

function end(spans: Mutable<Span>[], at: number): void {
  const last = spans.at(-1);
  if (last?.to === null) last.to = Math.max(at, last.from);
}

/** The step that this event is part of, or else the last one that began before it. */
export function stepAt({ steps, of }: Timeline, seq: number): Step | undefined {
  return of.get(seq) ?? steps.findLast((step) => step.seq <= seq);
}

/** The model call of this step: of several the one that counted. */
export function modelStep({ steps }: Timeline, number: number): Step | undefined {
  return steps.findLast(({ kind, step }) => kind === "model" && step === number);
}

export type Show = "all" | "model" | "tools" | "errors" | "graph";

export function isFault(step: Step): boolean {
  return step.state === "failed" || step.state === "not_run" || step.state === "unknown";
}

export function shownSteps(steps: readonly Step[], show: Show): readonly Step[] {
  switch (show) {
    case "all":
      return steps;
    case "model":
      return steps.filter(({ kind }) => kind === "model");
    case "tools":
      return steps.filter(({ kind }) => kind === "tool");
    case "errors":
      return steps.filter(isFault);
    case "graph":
      return steps.filter((step) => step.kind === "tool" && isGraphTool(step.name));
  }
}
