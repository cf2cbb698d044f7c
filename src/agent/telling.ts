import { isDeepStrictEqual } from "node:util";
import type { ModelMessage, UserContent } from "ai";
import type { ChatEvent, EventOf } from "../core/events.ts";
import { withoutForgotten } from "../store/recall/forgotten.ts";
import { RECALL } from "../tools/tool.ts";
import { tokensOf, type Piece } from "./fit.ts";
import {
  isOwnWork,
  isPartial,
  scopeOf,
  supersededPartials,
  tellsTime,
  timeNote,
  wordsOf,
  type ContextInput,
} from "./in-scope.ts";
import { materialText, toldResult } from "./told.ts";
import { toldStep, type RecordedStep } from "./told-steps.ts";

type Result = EventOf<"tool_result">["data"];

type Entry =
  /** Of a message: its words, and behind them what it refers to, what was recalled for it, or when it was read. */
  | { readonly kind: "message"; readonly seq: number; readonly piece: Piece }
  /** What the chat that this one was made from has done. */
  | { readonly kind: "told"; readonly seq: number; readonly piece: Piece }
  | StepEntry;

interface StepEntry {
  readonly kind: "step";
  readonly step: RecordedStep;
  readonly results: Result[];
  /** Of the messages that were said in it. */
  readonly seqs: number[];
  readonly first: number;
  last: number;
  /** undefined: something has come to it since. */
  piece: Piece | undefined;
}

/**
 * What is told of a log. It goes on from one request to the next, and to those of the runs that follow: of each event and step
 * it is made out once what is told, unless something has changed that this depends on; then all of it is told anew.
 */
export class Telling {
  #fold = new Fold("");

  /** The pieces that `input` is told in, oldest first. */
  pieces(input: ContextInput): readonly Piece[] {
    const { inScope, superseded, basis } = basisOf(input);
    if (!this.#fold.goesOn(input, basis)) this.#fold = new Fold(basis);
    return this.#fold.add(input, (event) => inScope(event) && !superseded.has(event.seq));
  }
}

/** What of the rest of the log, and of who asks, all that is told depends on. */
function basisOf(input: ContextInput) {
  const { scope, run, reader, events, forgotten = new Set() } = input;
  const { isIn: inScope, facts } = scopeOf(input);
  const superseded = supersededPartials(events);
  const isBegun = events.some((event) => event.runId === run.id && event.type === "message" && isPartial(event));
  const who = [scope, run.taskId, isBegun ? run.id : null, reader.provider, reader.model];
  const basis = JSON.stringify([...who, facts, [...superseded], [...forgotten].sort()]);
  return { inScope, superseded, basis };
}

class Fold {
  readonly #basis: string;
  readonly #entries: Entry[] = [];
  readonly #steps = new Map<string, RecordedStep>();
  /** Of which there were events, and no record. */
  readonly #unrecorded = new Set<string>();
  readonly #open = new Map<RecordedStep, StepEntry>();
  readonly #uses = new Map<string, EventOf<"tool_use">["data"]>();
  readonly #recalled = new Map<number, string>();
  readonly #files: { readonly of: EventOf<"message">; readonly contents: readonly UserContent[] }[] = [];
  #toldTime = 0;
  /** How many there were, and the last of them. */
  #events: { readonly count: number; readonly last: ChatEvent | undefined } = { count: 0, last: undefined };
  #recorded: { readonly count: number; readonly last: RecordedStep | undefined } = { count: 0, last: undefined };

  constructor(basis: string) {
    this.#basis = basis;
  }

  /** Nothing that was told is told differently by now, and what has come since stands behind it. */
  goesOn(input: ContextInput, basis: string): boolean {
    const { events, steps, recalled, files } = input;
    return (
      basis === this.#basis &&
      events[this.#events.count - 1] === this.#events.last &&
      steps[this.#recorded.count - 1] === this.#recorded.last &&
      !steps.slice(this.#recorded.count).some((step) => this.#unrecorded.has(keyOf(step))) &&
      [...this.#recalled].every(([seq, text]) => text === (recalled?.get(seq) ?? "")) &&
      this.#files.every(({ of, contents }) => isDeepStrictEqual(files?.(of) ?? [], contents))
    );
  }

  add(input: ContextInput, isTold: (event: ChatEvent) => boolean): readonly Piece[] {
    const { events, steps, reader } = input;
    for (const step of steps.slice(this.#recorded.count)) this.#steps.set(keyOf(step), step);
    this.#recorded = { count: steps.length, last: steps.at(-1) };
    for (const event of events.slice(this.#events.count)) {
      if (copiedUse(event)) this.#uses.set(event.data.callId, event.data);
      this.#addEvent(input, event, isTold);
    }
    this.#events = { count: events.length, last: events.at(-1) };
    return this.#entries.map((entry) =>
      entry.kind === "step" ? (entry.piece ??= pieceOf(entry, reader)) : entry.piece,
    );
  }

  #addEvent(input: ContextInput, event: ChatEvent, isTold: (event: ChatEvent) => boolean): void {
    const isOwn = isOwnWork(input, event);
    if (event.type === "status") {
      if (!isOwn || !isTold(event) || !tellsTime(event, this.#toldTime)) return;
      this.#toldTime = Date.parse(event.at);
      this.#entries.push(words(event.seq, timeNote(event), "material"));
    } else if (event.type === "resource") {
      if (isOwn) this.#addMaterial(event.data.messageSeq, materialText(event.data), "material");
    } else if (event.type === "recall") {
      if (!isOwn) return;
      const text = input.recalled?.get(event.seq) ?? "";
      this.#recalled.set(event.seq, text);
      if (text !== "") this.#addMaterial(event.data.messageSeq ?? 0, text, "memory");
    } else if (isTold(event)) this.#addDone(input, event, isOwn);
  }

  /** What somebody has said, or a run has done. */
  #addDone(input: ContextInput, event: ChatEvent, isOwn: boolean): void {
    const step = this.#stepOf(event);
    if (step !== undefined && isOwn && !isPartial(event)) this.#addToStep(step, event, input.forgotten);
    else if (event.type === "tool_result" && event.runId === null) {
      const message = toldResult(event.data, this.#uses.get(event.data.callId));
      const piece = { ...pieceAt(event.seq, message, "material"), seqs: [] };
      this.#entries.push({ kind: "told", seq: event.seq, piece });
    } else if (event.type === "message" && !(step !== undefined && isPartial(event))) {
      const message = wordsOf(input, event);
      const at = step === undefined ? this.#entries.length : this.#placeOf(step);
      const instruction = event.taskId !== null && event.taskId === input.run.taskId && event.data.role === "user";
      if (message !== undefined) {
        const kind = message.role === "user" ? "words" : "step";
        this.#entries.splice(at, 0, words(event.seq, message, kind, instruction));
      }
      if (isOwn) this.#addFiles(event, input.files?.(event) ?? []);
    }
  }

  #stepOf({ runId, step }: ChatEvent): RecordedStep | undefined {
    if (runId === null || step === null) return undefined;
    const key = keyOf({ runId, step });
    const recorded = this.#steps.get(key);
    if (recorded === undefined) this.#unrecorded.add(key);
    return recorded;
  }

  #addToStep(step: RecordedStep, event: ChatEvent, forgotten: ContextInput["forgotten"]): void {
    const { seq } = event;
    let entry = this.#open.get(step);
    if (entry === undefined) {
      entry = { kind: "step", step, results: [], seqs: [], first: seq, last: seq, piece: undefined };
      this.#entries.splice(this.#placeOf(step), 0, entry);
      this.#open.set(step, entry);
    }
    entry.last = seq;
    entry.piece = undefined;
    if (event.type === "tool_result") entry.results.push(toldNow(event.data, forgotten));
    if (event.type === "message") entry.seqs.push(seq);
  }

  #addFiles(of: EventOf<"message">, contents: readonly UserContent[]): void {
    if (contents.length === 0) return;
    this.#files.push({ of, contents });
    for (const content of contents) this.#addMaterial(of.seq, content, "material");
  }

  /** Right behind the message that it belongs to, where that is told at all. */
  #addMaterial(seq: number, content: UserContent, kind: "material" | "memory"): void {
    const at = this.#entries.findLastIndex((entry) => entry.kind === "message" && entry.seq === seq) + 1;
    if (at > 0) this.#entries.splice(at, 0, words(seq, { role: "user", content }, kind));
  }

  /** Behind what the step had read: words that came while the model spoke were not what it answered. */
  #placeOf(step: RecordedStep): number {
    return this.#entries.findLastIndex((entry) => entry.kind !== "message" || entry.seq <= step.readSeq) + 1;
  }
}

const keyOf = ({ runId, step }: Pick<RecordedStep, "runId" | "step">): string => `${runId} ${step}`;

function words(seq: number, message: ModelMessage, kind: Piece["kind"], stays = false) {
  return { kind: "message", seq, piece: { ...pieceAt(seq, message, kind), stays } } as const;
}

function pieceAt(seq: number, message: ModelMessage, kind: Piece["kind"]): Piece {
  const messages = [message];
  return { messages, kind, stays: false, seqs: [seq], first: seq, last: seq, tokens: tokensOf(messages) };
}

function pieceOf({ step, results, seqs, first, last }: StepEntry, reader: ContextInput["reader"]): Piece {
  return { ...toldStep(step, results, reader), kind: "step", stays: false, seqs, first, last };
}

function toldNow(data: Result, forgotten: ContextInput["forgotten"]): Result {
  if (data.name !== RECALL || data.result === undefined || forgotten === undefined) return data;
  const result = withoutForgotten(data.result, forgotten);
  return result === data.result ? data : { ...data, result };
}

/** In a chat that was made from another one: no run of this chat made the call. */
function copiedUse(event: ChatEvent): event is EventOf<"tool_use"> {
  return event.type === "tool_use" && event.runId === null;
}
