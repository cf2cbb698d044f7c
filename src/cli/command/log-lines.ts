import { factWords } from "../../core/fact-words.ts";
import { recallWords } from "../../core/recall-words.ts";
import { resourceWords } from "../../core/references.ts";
import { byWhom } from "../../core/answered-by.ts";
import { ALL_EVENTS, isShown, type EventFilter } from "../../core/event-filter.ts";
import { exactLine } from "../../core/exact.ts";
import { fileWords } from "../../core/files.ts";
import { answerWords } from "../../core/form.ts";
import { mentionsIn } from "../../core/mentions.ts";
import { neverRan } from "../../core/transcript.ts";
import { happenedAt, NEWER, newerType, type ChatEvent, type EventOf } from "../../core/events.ts";
import type { Progress } from "../../core/open-parts.ts";
import type { Output } from "../console/output.ts";
import { cut, pad, widthOf } from "../console/columns.ts";
import { clean, clock, duration, oneLine } from "../console/text.ts";

/** Prints a log for people: one line an event, calls as one line with their outcome. */
export interface LogPrinter {
  event(event: ChatEvent): void;
  /** How far a call is: told of it while it is under way. */
  progress(progress: Progress): void;
  /** Shows the calls that are under way, and for how long. */
  tick(now: number): void;
  /** Prints the calls that have no outcome yet, for a log that is not followed. */
  open(now: number): void;
}

interface Row {
  readonly at: string;
  readonly kind: string;
  readonly mark: "" | "✓" | "✕" | "●";
  readonly text: string;
  readonly took?: number;
  readonly error?: string;
  /** Whom the text mentions, by name. */
  readonly mentions?: readonly string[];
  /** Whose line it is, where lines of many chats are mixed. */
  readonly label?: Label;
}

export interface Label {
  /** For people, as wide as every other. */
  readonly text: string;
  /** For scripts: columns behind the time. */
  readonly cells: readonly string[];
}

interface Call {
  readonly use: EventOf<"tool_use">;
  readonly startedAt: string;
  /** How far it is, in its tool's words. */
  readonly progress?: string;
}

export interface LogLook {
  /** What is shown; all of it when left out. */
  readonly filter?: () => EventFilter;
  readonly labelOf?: (event: ChatEvent) => Label;
}

/** `to` is where the lines go: data on stdout, or notes on stderr. */
export function createLogPrinter(
  out: Output,
  width: number,
  to: "data" | "notes",
  { filter = () => ALL_EVENTS, labelOf }: LogLook = {},
): LogPrinter {
  const calls = new Map<string, Call>();
  const line = (text: string): void => (to === "data" ? out.print(text) : out.note(text));
  const show = (row: Row): void =>
    to === "data" && !out.terminal ? line(piped(row)) : line(forPeople(out, row, width));
  const forget = (runId: string | null): void => {
    for (const [id, call] of calls) if (call.use.runId === runId) calls.delete(id);
  };
  return {
    event(event) {
      if (event.type === "tool_use") calls.set(event.data.callId, { use: event, startedAt: event.at });
      const started = event.type === "tool_start" ? calls.get(event.data.callId) : undefined;
      if (started !== undefined) calls.set(started.use.data.callId, { ...started, startedAt: event.at });
      const row = rowOf(event, calls);
      if (event.type === "tool_result") calls.delete(event.data.callId);
      if (event.type === "status" && isEnd(event)) forget(event.runId);
      if (row === null || !isShown(event, filter())) return;
      for (const each of [row, ...fileRows(event)]) {
        show(labelOf === undefined ? each : { ...each, label: labelOf(event) });
      }
    },
    progress({ callId, text }) {
      const call = calls.get(callId);
      if (call !== undefined) calls.set(callId, { ...call, progress: text });
    },
    tick(now) {
      const [first, ...others] = calls.values();
      if (first === undefined) return out.progress(null);
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      const after = first.progress === undefined ? "" : `  ${first.progress}`;
      const what = after === "" ? callText(first.use) : cut(callText(first.use), BESIDE_PROGRESS);
      out.progress(`● ${what}  ${duration(now - Date.parse(first.startedAt))}${more}${after}`);
    },
    open(now) {
      for (const { use, startedAt } of calls.values()) {
        show({
          at: startedAt,
          kind: "tool",
          mark: "●",
          text: callText(use),
          took: Math.max(0, now - Date.parse(startedAt)),
        });
      }
    },
  };
}

function isEnd({ data }: EventOf<"status">): boolean {
  return data.state === "completed" || data.state === "failed" || data.state === "cancelled";
}

function rowOf(event: ChatEvent, calls: ReadonlyMap<string, Call>): Row | null {
  const row = (kind: string, text: string): Row => ({ at: happenedAt(event), kind, mark: "", text });
  switch (event.type) {
    case "message": {
      const who =
        event.data.role === "assistant" ? "" : event.taskId === null ? `${event.actor.name}: ` : "instruction: ";
      const mentions = event.data.mentions?.map(({ name }) => name) ?? [];
      return { ...row("message", `${who}${event.data.text}${event.data.partial ? " [cut off]" : ""}`), mentions };
    }
    case "thought":
      if (event.data.said) return row("message", event.data.text);
      return row("thought", `"${event.data.text}"${event.data.partial ? " [cut off]" : ""}`);
    case "tool_result": {
      const { callId, name, ok, durationMs, error, interrupted } = event.data;
      const use = calls.get(callId)?.use;
      const ran = !neverRan(event.data);
      const why = interrupted && ran ? "interrupted: the outcome is unknown" : (error ?? "failed");
      const text = use === undefined ? name : callText(use);
      const mark = ok ? "✓" : "✕";
      return {
        at: happenedAt(event),
        kind: "tool",
        mark,
        text,
        ...(ran && { took: durationMs }),
        ...(ok ? {} : { error: exactLine(why, MOST_OF_ERROR) }),
      };
    }
    case "status":
      return row("status", event.data.message);
    case "plan": {
      const { items } = event.data;
      const now = items.find((item) => item.status === "doing") ?? items.find((item) => item.status === "todo");
      const done = items.filter((item) => item.status === "done").length;
      return row("plan", `${done} of ${items.length} done${now === undefined ? "" : `, now: ${now.text}`}`);
    }
    case "approval":
      return row("approval", approvalText(event, calls.get(event.data.callId)));
    case "question":
      return row("question", questionText(event));
    case "notice":
      return row("notice", event.data.text);
    case "child":
      return row("child", `task ${event.data.taskId} ${event.data.state}`);
    case "summary":
      return row("summary", `from here on the model is given a summary of all up to event ${event.data.upTo}`);
    case "schedule":
      return row("schedule", event.data.message);
    case "resource":
      return row("resource", resourceWords(event.data));
    case "recall":
      return row("recall", recallWords(event.data));
    case "fact":
      return row("memory", factWords(event.data));
    case "error":
      return row("error", `${event.data.code}: ${event.data.message}`);
    case "tool_use":
    case "tool_start":
    case "usage":
    case "chat":
      return null;
    default:
      return row(newerType(event), NEWER);
  }
}

/** What was sent along with a message, a line each. */
function fileRows(event: ChatEvent): readonly Row[] {
  const files = event.type === "message" ? (event.data.attachments ?? []) : [];
  return files.map((file) => ({ at: happenedAt(event), kind: "file", mark: "", text: fileWords(file) }));
}

function approvalText({ data }: EventOf<"approval">, call: Call | undefined): string {
  const what = data.state === "requested" && call !== undefined ? `: ${callText(call.use)}` : "";
  const by = byTold(data);
  return `${data.state}${by}${data.note === undefined ? what : `: ${data.note}`}`;
}

function questionText({ data }: EventOf<"question">): string {
  if (data.state === "asked") return [`asked: ${data.text}`, ...(data.choices ?? [])].join(" · ");
  const by = byTold(data);
  return `${data.state}${by}${data.answer === undefined ? "" : `: ${answerWords(data.answer)}`}`;
}

function byTold({ by, via }: EventOf<"approval" | "question">["data"]): string {
  const who = byWhom(by, via);
  return who === null ? "" : ` by ${who}`;
}

function callText({ data }: EventOf<"tool_use">): string {
  return `${exactLine(data.name)} ${cut(exactLine(JSON.stringify(data.args)), 80)}`;
}

/** A tool's own words, of any length. */
const MOST_OF_ERROR = 10_000;
/** So much of a call is told where it also says how far it is. */
const BESIDE_PROGRESS = 40;
const KIND_WIDTH = 10;
const TIME_WIDTH = 8 + 2;

function forPeople(out: Output, row: Row, width: number): string {
  const { paint } = out;
  const kind = row.mark === "" ? row.kind : `${row.kind.padEnd(6)}${row.mark}`;
  const label = row.label === undefined ? "" : `${row.label.text}  `;
  const indent = " ".repeat(TIME_WIDTH + widthOf(label) + KIND_WIDTH + 1);
  const head = `${paint.dim(clock(row.at))}  ${label}${painted(paint, row, kind.padEnd(KIND_WIDTH))} `;
  const room = Math.max(width - indent.length, 20);
  // Where lines of many chats are mixed, each is one line.
  if (row.kind === "message" && row.label === undefined)
    return head + marked(paint, row, clean(row.text).trimEnd()).split("\n").join(`\n${indent}`).replace(/ +$/gm, "");
  if (row.kind !== "tool") return head + marked(paint, row, cut(oneLine(row.text), room));
  const took = row.took === undefined ? "" : `  ${duration(row.took)}`;
  const error = row.error === undefined ? "" : `  ${oneLine(row.error)}`;
  const text = oneLine(row.text);
  return head + cut(`${pad(text, Math.min(40, room - took.length))}${took}${error}`, room).trimEnd();
}

function marked(paint: Output["paint"], { mentions = [] }: Row, text: string): string {
  const places = mentionsIn(text, mentions);
  const parts = places.map(
    ({ from, to }, n) => text.slice(places[n - 1]?.to ?? 0, from) + paint.bold(text.slice(from, to)),
  );
  return parts.join("") + text.slice(places.at(-1)?.to ?? 0);
}

function painted(paint: Output["paint"], row: Row, text: string): string {
  if (row.mark === "✕" || row.kind === "error") return paint.red(text);
  if (row.mark === "✓") return paint.green(text);
  return row.kind === "thought" ? paint.dim(text) : row.kind === "status" ? paint.cyan(text) : text;
}

function piped(row: Row): string {
  const seconds = row.took === undefined ? "" : (row.took / 1000).toFixed(3);
  return [row.at, ...(row.label?.cells ?? []), row.kind, row.mark, row.text, seconds, row.error ?? ""]
    .map(oneLine)
    .join("\t");
}
