import type { AssistantContent, ModelMessage, ToolModelMessage, UserContent } from "ai";
import { estimateTokens } from "../models/tokens.ts";
import { RECALL } from "../tools/tool.ts";
import { cut, type Piece } from "./fit.ts";

/** Which part of a conversation is summed up when it does not fit any more, and how it is told for that. Pure. */

export interface Fold {
  /** What is to be summed up now, a JSON object a line: as much as one call has room for. */
  readonly told: string;
  /** The last `seq` in it. */
  readonly upTo: number;
  /** What people said in it. */
  readonly words: readonly string[];
  /** false: older pieces are passed over, because summing them up would cost more than it is worth. */
  readonly isWhole: boolean;
}

export interface Room {
  /** Tokens that the conversation may take. */
  readonly budget: number;
  /** Tokens of it that one call which sums up may be given. */
  readonly call: number;
}

/** The share of the budget that stays word by word, and the share that a summary may take. */
const KEPT = 0.3;
const SUMMARY = 0.15;
const MOST_SUMMARY = 3000;
/** Less than this share of it is not worth a call. */
const WORTH = 0.1;
/** A chat that grew long without summaries is summed up as far back as so many tokens, and in about so many calls. */
const BACKLOG = { tokens: 400_000, calls: 30 } as const;

/** Tokens that a summary should have at most. */
export const summaryRoom = (budget: number): number => Math.min(Math.floor(budget * SUMMARY), MOST_SUMMARY);

/** null: it fits, or what does not fit may not go: the last step with its results, and what nobody has answered yet. */
export function foldOf(pieces: readonly Piece[], room: Room): Fold | null {
  if (tokensIn(pieces) <= room.budget) return null;
  // What stays although a summary is of it is not summed up again: each summary reaches further than the one before.
  const told = pieces.find(({ kind }) => kind === "summary")?.last ?? 0;
  const open = pieces.filter(({ stays, last }) => !stays && last > told);
  const newest = open.findLastIndex(({ kind }) => kind === "step");
  const last = newest >= 0 ? newest : open.findLastIndex(({ kind }) => kind === "words");
  const seams = seamsOf(open).filter((at) => at <= last);
  const behind = tokensBehind(open);
  const end = seams.find((at) => (behind[at] ?? 0) <= room.budget * KEPT) ?? seams.at(-1);
  if (end === undefined) return null;
  const folded = open.slice(0, end);
  const size = tokensIn(folded);
  if (size < room.budget * WORTH) return null;
  const most = Math.min(BACKLOG.tokens, BACKLOG.calls * room.call);
  let from = 0;
  for (let left = size; left > most && from < end - 1; from++) left -= folded[from]?.tokens ?? 0;
  const to = from + fitting(folded.slice(from), room.call);
  const seam = seams.findLast((at) => at > from && at <= to) ?? seams.find((at) => at > to) ?? end;
  const part = folded.slice(from, Math.min(seam, end));
  return {
    told: part.flatMap((each) => linesOf(each, room.call)).join("\n"),
    upTo: Math.max(...part.map((each) => each.last)),
    words: part.filter(({ kind }) => kind === "words").flatMap(({ messages }) => messages.map(wordsOf)),
    isWhole: from === 0,
  };
}

export const tokensIn = (pieces: readonly Piece[]): number => pieces.reduce((total, { tokens }) => total + tokens, 0);

/** From each place on, to the end. */
function tokensBehind(pieces: readonly Piece[]): readonly number[] {
  let total = 0;
  return pieces.map((_, at) => (total += pieces[pieces.length - 1 - at]?.tokens ?? 0)).reverse();
}

/** Before each of these places all is older in the log than what stands behind it. */
function seamsOf(pieces: readonly Piece[]): readonly number[] {
  const firsts = pieces.map(({ first }) => first);
  for (let at = firsts.length - 2; at >= 0; at--) firsts[at] = Math.min(firsts[at] ?? 0, firsts[at + 1] ?? 0);
  const seams: number[] = [];
  let last = 0;
  for (const [at, each] of pieces.entries()) {
    if (at > 0 && last < (firsts[at] ?? 0)) seams.push(at);
    last = Math.max(last, each.last);
  }
  return seams;
}

/** How many of the first have room in one call, and one at least. */
function fitting(pieces: readonly Piece[], room: number): number {
  let tokens = 0;
  for (const [at, each] of pieces.entries()) {
    tokens += estimateTokens(linesOf(each, room).join("\n"));
    if (tokens > room && at > 0) return at;
  }
  return pieces.length;
}

/** As JSON, so that nothing in it can look like its end. What was recalled for one person is nobody else's: it is not told. */
function linesOf({ kind, messages }: Piece, room: number): readonly string[] {
  if (kind === "memory") return [];
  return messages
    .flatMap((message) => told(message, kind === "words" ? "person" : "material"))
    .map((line) => cut(JSON.stringify(line), room));
}

function told(message: ModelMessage, user: "person" | "material"): readonly object[] {
  switch (message.role) {
    case "user":
      return [{ [user]: textOf(message.content) }];
    case "assistant":
      return doneIn(message.content);
    case "tool":
      return message.content.flatMap(given);
    case "system":
      return [];
  }
}

function doneIn(content: AssistantContent): readonly object[] {
  if (typeof content === "string") return [{ you: content }];
  return content.flatMap((part): readonly object[] => {
    if (part.type === "text") return [{ you: part.text }];
    return part.type === "tool-call" ? [{ youCalled: part.toolName, with: part.input }] : [];
  });
}

function given(part: ToolModelMessage["content"][number]): readonly object[] {
  if (part.type !== "tool-result") return [];
  const { output, toolName } = part;
  // What is forgotten later could not be taken out of a summary.
  if (toolName === RECALL && output.type !== "error-text")
    return [{ gave: RECALL, what: "(not told: recall it again)" }];
  return [
    { [output.type === "error-text" ? "failed" : "gave"]: toolName, what: "value" in output ? output.value : "" },
  ];
}

const wordsOf = (message: ModelMessage): string => (message.role === "user" ? textOf(message.content) : "");

function textOf(content: UserContent): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
}
