import type { ChatEvent, EventOf } from "./events.ts";
import { applyRunEvent, type RunView } from "./run-state.ts";

/**
 * What is shown of a chat: a fold of its events, the same live and after a reload. It may begin in the middle of a log
 * (the newest page); the fold of the whole log does not depend on how it was paged in.
 */

/** An event of a type that this version does not know: shown as such. */
export interface UnknownEvent {
  readonly chatId: string;
  readonly seq: number;
  readonly at: string;
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly step: number | null;
  readonly actor: ChatEvent["actor"];
  readonly type: "unknown";
  readonly name: string;
  readonly data: { readonly [key: string]: unknown };
}
export type LogEvent = ChatEvent | UnknownEvent;

/** A tool call with what is known of it so far. `use` is missing when the log was entered after it. */
export interface CallEntry {
  readonly kind: "call";
  readonly seq: number;
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly callId: string;
  readonly name: string;
  readonly use: EventOf<"tool_use"> | null;
  readonly start: EventOf<"tool_start"> | null;
  readonly approval: EventOf<"approval"> | null;
  readonly question: EventOf<"question"> | null;
  /** What it has delegated: the last that was said of each task, by its id. */
  readonly children: ReadonlyMap<string, EventOf<"child">["data"]["state"]>;
  readonly result: EventOf<"tool_result"> | null;
}

/** Told by the line of its call. */
type CallType = "tool_use" | "tool_start" | "tool_result" | "approval" | "question" | "child";
type ShownType = Exclude<ChatEvent["type"], CallType | "usage">;

/** An event that is shown in its own place. A plan is shown once for each run, as it is now. */
export interface EventEntry {
  readonly kind: "event";
  readonly seq: number;
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly event: EventOf<ShownType> | UnknownEvent;
}

export type Entry = CallEntry | EventEntry;

export interface Transcript {
  readonly entries: readonly Entry[];
  /** Runs as far as the folded events tell them. */
  readonly runs: ReadonlyMap<string, RunView>;
  readonly first: number;
  readonly last: number;
}

export const emptyTranscript: Transcript = { entries: [], runs: new Map(), first: 0, last: 0 };

/** Folds events onto a transcript. Events at or below its `last` are ignored, so a repeated page changes nothing. */
export function foldTranscript(events: Iterable<LogEvent>, from: Transcript = emptyTranscript): Transcript {
  let draft: Draft | null = null;
  let runs: Map<string, RunView> | null = null;
  let { first, last } = from;
  for (const event of events) {
    if (event.seq <= last) continue;
    if (first === 0) first = event.seq;
    last = event.seq;
    if (event.type !== "unknown" && event.runId !== null) {
      const before = (runs ?? from.runs).get(event.runId);
      const run = applyRunEvent(before, event as ChatEvent & { runId: string });
      if (run !== before) (runs ??= new Map(from.runs)).set(run.id, run);
    }
    (draft ??= new Draft(from.entries)).show(event);
  }
  if (draft === null) return from;
  return { entries: draft.entries, runs: runs ?? from.runs, first, last };
}

/** Entries that nobody has seen yet: changed in place. */
class Draft {
  readonly entries: Entry[];
  /** Where calls (`call ID`) and plans (`plan RUN`) stand; null until one is looked for. */
  #places: Map<string, number> | null = null;

  constructor(from: readonly Entry[]) {
    this.entries = from.slice();
  }

  /** Puts one event where it is shown. */
  show(event: LogEvent): void {
    switch (event.type) {
      case "tool_use":
        this.#push({ ...newCall(event, event.data.callId), name: event.data.name, use: event });
        return;
      case "tool_start":
        this.#update(event, event.data.callId, (call) => ({ ...call, start: event }));
        return;
      case "tool_result":
        this.#update(event, event.data.callId, (call) => ({ ...call, name: event.data.name, result: event }));
        return;
      case "approval":
        this.#update(event, event.data.callId, (call) => ({ ...call, approval: event }));
        return;
      case "question":
        this.#update(event, event.data.callId, (call) => ({ ...call, question: event }));
        return;
      case "child": {
        const { taskId, state, callId } = event.data;
        this.#update(event, callId, (call) => ({ ...call, children: new Map(call.children).set(taskId, state) }));
        return;
      }
      case "plan": {
        const at = this.#placeOf(placeName(shown(event)));
        if (at === undefined) this.#push(shown(event));
        else this.entries[at] = { ...shown(event), seq: this.entries[at]?.seq ?? event.seq };
        return;
      }
      case "usage":
        return;
      default:
        this.#push(shown(event));
    }
  }

  #push(entry: Entry): void {
    const name = placeName(entry);
    if (name !== null) this.#places?.set(name, this.entries.length);
    this.entries.push(entry);
  }

  /** Calls are paired by their id, never by name. */
  #update(event: LogEvent, callId: string, change: (call: CallEntry) => CallEntry): void {
    const at = this.#placeOf(`call ${callId}`);
    const entry = at === undefined ? undefined : this.entries[at];
    if (at !== undefined && entry?.kind === "call") this.entries[at] = change(entry);
    else this.#push(change(newCall(event, callId)));
  }

  #placeOf(name: string | null): number | undefined {
    if (name === null) return undefined;
    if (this.#places === null) {
      this.#places = new Map();
      for (const [at, entry] of this.entries.entries()) {
        const known = placeName(entry);
        if (known !== null) this.#places.set(known, at);
      }
    }
    return this.#places.get(name);
  }
}

function placeName(entry: Entry): string | null {
  if (entry.kind === "call") return `call ${entry.callId}`;
  return entry.event.type === "plan" ? `plan ${entry.runId}` : null;
}

function shown(event: EventEntry["event"]): EventEntry {
  return { kind: "event", seq: event.seq, runId: event.runId, taskId: event.taskId, event };
}

const NONE: CallEntry["children"] = new Map();

function newCall(event: LogEvent, callId: string): CallEntry {
  const { seq, runId, taskId } = event;
  const place = { kind: "call", seq, runId, taskId, callId } as const;
  return { ...place, name: "", use: null, start: null, approval: null, question: null, children: NONE, result: null };
}

export type CallState = "queued" | "asks" | "working" | "done" | "failed" | "not_run" | "unknown" | "stopped";

/** Whether the call never ran: refused, cut off before it, or without whole arguments. Each such result begins so. */
export function neverRan({ ok, error }: EventOf<"tool_result">["data"]): boolean {
  return !ok && error !== undefined && error.startsWith("not run");
}

/** What did not go well among a run's calls; null: all went well. */
export function flawsOfCalls(results: readonly EventOf<"tool_result">["data"][]): string | null {
  const bad = results.filter(({ ok }) => !ok);
  const notRun = bad.filter(neverRan).length;
  const unknown = bad.filter((result) => result.interrupted && !neverRan(result)).length;
  const counted = (count: number, one: string, many: string): readonly string[] =>
    count === 0 ? [] : [count === 1 ? one : `${count} ${many}`];
  const flaws = [
    ...counted(bad.length - notRun - unknown, "one tool failed", "tools failed"),
    ...counted(notRun, "one call was not run", "calls were not run"),
    ...counted(unknown, "the outcome of one call is unknown", "calls have an unknown outcome"),
  ];
  return flaws.length === 0 ? null : flaws.join(", ");
}

/** A call's state, given that of its run: a call is never working when its run is not. */
export function callState(call: CallEntry, run: RunView | undefined): CallState {
  if (call.result !== null) {
    if (call.result.data.ok) return "done";
    if (neverRan(call.result.data)) return "not_run";
    return call.result.data.interrupted ? "unknown" : "failed";
  }
  // A question that belongs to no call: whether the run goes on after a crash.
  if (call.use === null && call.start === null && call.approval !== null && call.approval.data.state !== "requested") {
    return call.approval.data.state === "approved" ? "done" : "stopped";
  }
  if (run !== undefined && (run.state === "completed" || run.state === "failed" || run.state === "cancelled")) {
    return "stopped";
  }
  if (call.approval?.data.state === "requested" || call.question?.data.state === "asked") return "asks";
  return run?.state === "working" || run?.state === "stopping" ? "working" : "queued";
}
