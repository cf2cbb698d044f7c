import type { ModelMessage } from "ai";
import { piece } from "../core/text.ts";
import { estimateJson } from "../models/tokens.ts";

/** What of a conversation a model is given when it does not fit. */

/** What is kept or left out as one: somebody's words, or a step with its results. */
export interface Piece {
  readonly messages: readonly ModelMessage[];
  /** `memory`: what was recalled for one person, whoever reads the chat. */
  readonly kind: "words" | "step" | "material" | "memory" | "summary";
  /** The instruction of the task at hand, or the summary of what came before. */
  readonly stays: boolean;
  /** Where in the log what was said in it stands. */
  readonly seqs: readonly number[];
  /** The places in the log that it is made of. */
  readonly first: number;
  readonly last: number;
  /** As they are estimated. */
  readonly tokens: number;
}

interface Fitted {
  readonly messages: readonly ModelMessage[];
  readonly tokens: number;
  readonly leftOut: number;
  /** Of what is not left out. */
  readonly seqs: readonly number[];
}

const tokensAt = (pieces: readonly Piece[], at: number): number => pieces[at]?.tokens ?? 0;

export function tokensOf(messages: readonly ModelMessage[]): number {
  return estimateJson(messages);
}

/**
 * The newest pieces that fit into `budget` tokens. Where the beginning must go it goes until half the budget is free, so that the
 * next requests begin as this one and a provider's cache holds. The words that the rest works on stay, and the task's
 * instruction; what is too long even so is cut in its middle.
 */
export function fit(pieces: readonly Piece[], budget: number): Fitted {
  let from = 0;
  let total = 0;
  for (let at = 0; at < pieces.length; at++) {
    total += tokensAt(pieces, at);
    if (total <= budget) continue;
    for (; from < at && total > budget / 2; from++) total -= tokensAt(pieces, from);
  }
  const before = pieces.slice(0, from);
  const kept = pieces.slice(from);
  const stays = stayingOf(before, kept);
  const shown = [...stays, ...kept];
  const whole = shown.flatMap((each) => each.messages);
  // One by one they count for a little more than together.
  const sum = shown.reduce((all, { tokens }) => all + tokens, 0);
  const messages = sum <= budget ? whole : cutTo(whole, budget);
  const tokens = sum <= budget ? sum : tokensOf(messages);
  return { messages, tokens, leftOut: before.length - stays.length, seqs: shown.flatMap(({ seqs }) => seqs) };
}

/** Of what goes: the words that the rest works on, and what stays whatever goes. */
export function stayingOf(before: readonly Piece[], kept: readonly Piece[]): readonly Piece[] {
  const words = kept[0] === undefined || kept[0].kind === "words" ? undefined : before.findLast(isWords);
  return before.filter((each) => each.stays || each === words);
}

const isWords = ({ kind }: Piece): boolean => kind === "words";

/** A text that is kept whole however little fits. */
const SHORT = 400;

function cutTo(messages: readonly ModelMessage[], budget: number): readonly ModelMessage[] {
  let shown = messages;
  for (let longest = 32_768; tokensOf(shown) > budget && longest >= SHORT; longest /= 2) {
    shown = messages.map((message) => cutTexts(message, longest) as ModelMessage);
  }
  return shown;
}

/** Signatures and sealed reasoning are whole or worthless, and ids and types say what is what. */
const WHOLE = new Set(["providerOptions", "type", "role", "toolCallId", "toolName", "mediaType"]);

function cutTexts(value: unknown, longest: number): unknown {
  if (typeof value === "string") return cut(value, longest);
  if (Array.isArray(value)) return value.map((each) => cutTexts(each, longest));
  if (typeof value !== "object" || value === null) return value;
  const record = value as { readonly [key: string]: unknown };
  // A result of many small values has no long text in it: it is told as one.
  if (record["type"] === "json" && "value" in record) {
    const json = JSON.stringify(record["value"]);
    return json.length > longest ? { type: "text", value: cut(json, longest) } : value;
  }
  return Object.fromEntries(
    Object.entries(record).map(([key, each]) => [key, WHOLE.has(key) ? each : cutTexts(each, longest)]),
  );
}

/** Its middle is left out, and said to be. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const head = piece(text, 0, Math.floor(longest * 0.7));
  const tail = piece(text, text.length - Math.floor(longest * 0.3));
  const left = text.length - head.length - tail.length;
  return `${head}\n[… ${left} characters left out here: they do not fit into the model's window …]\n${tail}`;
}
