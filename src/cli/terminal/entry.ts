import { fileWords } from "../../core/files.ts";
import { factWords } from "../../core/fact-words.ts";
import { recallWords } from "../../core/recall-words.ts";
import { resourceWords } from "../../core/references.ts";
import { byWhom } from "../../core/answered-by.ts";
import { answerWords } from "../../core/form.ts";
import { causeOf } from "../../core/causes.ts";
import { isShown, type EventFilter } from "../../core/event-filter.ts";
import { callLine, exactLine } from "../../core/exact.ts";
import { NEWER, newerType, type EventOf } from "../../core/events.ts";
import type { OpenPart, OpenParts } from "../../core/open-parts.ts";
import { isEnded, timesOf, type RunView } from "../../core/run-state.ts";
import { mentionsIn } from "../../core/mentions.ts";
import { piece } from "../../core/text.ts";
import { callState, type CallEntry, type Entry, type EventEntry } from "../../core/transcript.ts";
import { markdown } from "./markdown.ts";
import { fit, span, wrap, type Line, type Look, type Span } from "./text.ts";
import { clean, clock, duration, oneLine, shortId, tokens } from "../console/text.ts";

/** What a part of the transcript looks like in the terminal. Pure: the same live and when the chat is opened later. */

const MARGIN = "  ";

export interface Shown {
  readonly entry: Entry;
  readonly run: RunView | undefined;
}

export interface Reader {
  readonly width: number;
  /** The reader's own id: own messages need no name. */
  readonly me: string;
  readonly now: number;
  /** How far calls at work are, by their ids. */
  readonly progress?: OpenParts["progress"];
}

export function entryLines({ entry, run }: Shown, at: Reader): readonly Line[] {
  return entry.kind === "call" ? callLines(entry, run, at) : eventLines(entry, run, at);
}

/** Text that is still being written: only its last `rows` lines are worth laying out. */
export function partLines(part: OpenPart, width: number, rows: number): readonly Line[] {
  const lines = said(part.kind, recent(part.text, width, rows), width);
  return lines.length <= rows
    ? lines
    : [fit([span(`${MARGIN}… the beginning comes with the end`, "dim")], width), ...lines.slice(1 - rows)];
}

/** Enough of the end of a text to fill so many rows, beginning at a place that moves in big steps only. */
function recent(text: string, width: number, rows: number): string {
  const enough = width * (rows + 1);
  if (text.length < 3 * enough) return text;
  const from = Math.floor(text.length / enough - 2) * enough;
  const line = text.indexOf("\n", from);
  return piece(text, line === -1 || line > from + enough ? from : line + 1);
}

function said(kind: "message" | "thought", text: string, width: number): readonly Line[] {
  return kind === "message" ? markdown(text, width, MARGIN) : markdown(text, width, `${MARGIN}~ `, "dim");
}

function eventLines({ event, taskId }: EventEntry, run: RunView | undefined, at: Reader): readonly Line[] {
  const note = (text: string, look: Look = "dim"): readonly Line[] =>
    wrap([span(oneLine(text), look)], at.width, [span(MARGIN)]);
  switch (event.type) {
    case "message":
      return event.data.role === "user"
        ? personLines(event, taskId, at)
        : [[], ...said("message", event.data.text, at.width), ...cutOff(event.data.partial)];
    case "thought":
      return [
        ...(event.data.said
          ? [[], ...said("message", event.data.text, at.width)]
          : said("thought", event.data.text, at.width)),
        ...cutOff(event.data.partial),
      ];
    case "status":
      return statusLines(event, run, at);
    case "error":
      return note(`✕ ${causeOf(event.data.code)}: ${event.data.message}`, "bad");
    case "summary":
      return note(`from here on the model is given a summary of all up to event ${event.data.upTo}`);
    case "notice":
      return note(`Notice: ${event.data.text}`, "note");
    case "schedule":
      return note(event.data.message);
    case "resource":
      return note(resourceWords(event.data), event.data.ok ? "note" : "bad");
    case "recall":
      return note(recallWords(event.data));
    case "fact":
      return note(factWords(event.data), "note");
    case "chat":
      return event.data.change === "renamed" && event.data.by === "person"
        ? note(`the chat is now called "${event.data.title}"`)
        : [];
    case "plan":
      return [];
    case "unknown":
      return note(`${event.name}: ${NEWER}`);
    default:
      return note(`${newerType(event)}: ${NEWER}`);
  }
}

function cutOff(partial: true | undefined): readonly Line[] {
  return partial === undefined ? [] : [[span(`${MARGIN}[cut off]`, "dim")]];
}

function personLines(
  { data, actor }: EventOf<"message">,
  taskId: string | null,
  { width, me }: Reader,
): readonly Line[] {
  const who = taskId !== null ? `task ${shortId(taskId)} ` : actor.id === me ? "" : `${oneLine(actor.name)} `;
  const [first = [], ...others] = personSpans(data);
  const head = [span(`${who}› `, taskId === null ? "bold" : "note")];
  const files = (data.attachments ?? []).map((file) => [span(oneLine(fileWords(file)), "note")]);
  return [
    [],
    ...wrap(first, width, head),
    ...others.flatMap((line) => wrap(line, width, [span(MARGIN)])),
    ...files.flatMap((line) => wrap(line, width, [span(`${MARGIN}+ `)])),
  ];
}

/** A person's words by their lines; whom they mention stands out. */
function personSpans({ text, mentions = [] }: EventOf<"message">["data"]): readonly Line[] {
  const shown = clean(text).trimEnd().replaceAll("\t", "    ");
  const lines: Span[][] = [[]];
  const add = (words: string, look: Look): void => {
    for (const [n, line] of words.split("\n").entries()) {
      if (n > 0) lines.push([]);
      lines.at(-1)?.push(span(line, look));
    }
  };
  let at = 0;
  for (const { from, to } of mentionsIn(
    shown,
    mentions.map(({ name }) => name),
  )) {
    add(shown.slice(at, from), "bold");
    add(shown.slice(from, to), "note");
    at = to;
  }
  add(shown.slice(at), "bold");
  return lines;
}

function statusLines(
  { data, taskId, at }: EventOf<"status">,
  run: RunView | undefined,
  { width }: Reader,
): readonly Line[] {
  const line = (mark: string, text: string, look: Look): readonly Line[] =>
    wrap([span(oneLine(text), look)], width, [span(`${MARGIN}${mark} `, look)]);
  switch (data.state) {
    case "queued":
    case "stopping":
      return [];
    case "starting":
      return taskId === null ? [] : line("●", data.message, "note");
    case "waiting":
      // What asks, and how it was answered, is told by its call.
      return data.reason === "approval" || data.reason === "question" ? [] : line("◔", data.message, "ask");
    case "resumed":
      return data.reason === "approval" || data.reason === "answer" ? [] : line("→", data.message, "dim");
    case "interrupted":
      return line("↯", data.message, "ask");
    case "completed":
      return line("✓", [data.message, ...totals(run)].join(" · "), "good");
    case "failed":
      return line("✕", [`${data.message}: ${data.reason}`, ...totals(run)].join(" · "), "bad");
    case "cancelled":
      return line("⊘", `Cancelled by ${data.by} ${clock(at)}`, "ask");
    default:
      return line("·", (data as { message: string }).message, "dim");
  }
}

/** How long a run took, and what it used. */
function totals(run: RunView | undefined): readonly string[] {
  const times = run === undefined ? null : timesOf(run);
  if (run === undefined || times === null) return [];
  const used = run.inputTokens + run.outputTokens;
  return [
    ...(times.waitedMs < 1000
      ? [duration(times.workedMs)]
      : [`worked ${duration(times.workedMs)}`, `waited ${duration(times.waitedMs)}`]),
    ...(used === 0 ? [] : [tokens(used)]),
    ...(run.costUsd === null ? [] : [`$${run.costUsd.toFixed(2)}`]),
  ];
}

function callLines(call: CallEntry, run: RunView | undefined, { width, now, progress }: Reader): readonly Line[] {
  const state = callState(call, run);
  const what = callLine(call.name, call.use?.data.summary);
  const { result, approval, question } = call;
  const row = (mark: string, look: Look, after: string): readonly Line[] => {
    // What it is gives way before what became of it.
    const room = Math.max(width - MARGIN.length - 2 - Math.min(after.length, width / 2), 12);
    return [
      fit(
        [span(`${MARGIN}${mark} `, look), ...fit([span(what)], room), span(after, look === "good" ? "dim" : look)],
        width,
      ),
    ];
  };
  if (approval !== null && result !== null && ["denied", "expired", "withdrawn"].includes(approval.data.state)) {
    return row("⊘", "ask", answered(approval));
  }
  const said = question === null || question.data.state === "asked" ? "" : saidOf(question);
  const answer = (approval === null || approval.data.state === "requested" ? "" : answered(approval)) + said;
  switch (state) {
    case "done":
      return row("✓", "good", `  ${duration(result?.data.durationMs ?? 0)}${answer}`);
    case "failed":
      return row(
        "✕",
        "bad",
        `  ${duration(result?.data.durationMs ?? 0)}${answer}  ${exactLine(result?.data.error ?? "failed")}`,
      );
    case "not_run":
      return row("⊘", "ask", `  ${exactLine(result?.data.error ?? "not run")}`);
    case "unknown":
      return row("↯", "bad", "  interrupted: the outcome is unknown");
    case "stopped":
      return row("⊘", "dim", "  not finished");
    case "asks":
      return row("?", "ask", question?.data.state === "asked" ? "  asks you" : "  asks for your approval");
    case "working": {
      const since = call.start?.at ?? call.use?.at;
      const took = since === undefined ? "" : `  ${duration(Math.max(0, now - Date.parse(since)))}`;
      const told = progress?.get(call.callId)?.text ?? "";
      const below = told === "" ? [] : [fit([span(`${MARGIN}  ${oneLine(told)}`, "dim")], width)];
      return [...row("●", "note", took), ...below];
    }
    case "queued":
      return row("○", "dim", "");
    default:
      return state satisfies never;
  }
}

function saidOf({ data }: EventOf<"question">): string {
  const by = byTold(data);
  return `  ${data.state}${by}${data.answer === undefined ? "" : `: ${oneLine(answerWords(data.answer))}`}`;
}

function answered({ data }: EventOf<"approval">): string {
  const by = byTold(data);
  const note = data.note === undefined || data.note === "" ? "" : `: ${oneLine(data.note)}`;
  return `  ${data.state}${by}${note}`;
}

function byTold({ by, via }: EventOf<"approval" | "question">["data"]): string {
  const who = byWhom(by, via);
  return who === null ? "" : ` by ${oneLine(who)}`;
}

/** Nothing that comes later changes how it is shown. */
export function isSettled({ entry, run }: Shown): boolean {
  return entry.kind === "event" || entry.result !== null || (run !== undefined && isEnded(run.state));
}

/** Whether it is to be shown at all: what asked a person, or did not go well, always is. */
export function isWanted({ entry, run }: Shown, filter: EventFilter): boolean {
  if (entry.kind === "event") return isShown(entry.event, filter);
  const isQuiet = entry.approval === null && entry.question === null && callState(entry, run) === "done";
  return filter.tools || !isQuiet;
}
