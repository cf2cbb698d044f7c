import type { ChatEvent, Json } from "../../core/events.ts";
import { piece } from "../../core/text.ts";

/** What the index keeps of a text: its words, alike on both engines. */

/** Chinese and Japanese are written without blanks: each character counts as a word. */
export const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+/gv;
const MAX_WORD = 64;
const MAX_WORDS = 5000;
const MAX_TEXT = 65_536;
const MAX_QUERY_WORDS = 10;

/** The words of a text, each once, in small letters. */
export function indexedWords(text: string): readonly string[] {
  const words = new Set<string>();
  for (const [word] of piece(text, 0, MAX_TEXT).normalize("NFC").toLowerCase().matchAll(WORD)) {
    words.add(piece(word, 0, MAX_WORD));
    if (words.size === MAX_WORDS) break;
  }
  return [...words];
}

/** The beginnings of words that an event must all have. */
export function queriedWords(query: string): readonly string[] {
  return indexedWords(query).slice(0, MAX_QUERY_WORDS);
}

/** The kinds of events that are found: what was said, thought and given back. */
export const FOUND_TYPES = ["message", "thought", "tool_result"] as const;

/** What of an event can be found; empty: nothing. */
export function foundText(event: ChatEvent): string {
  switch (event.type) {
    case "message":
    case "thought":
      return event.data.text;
    case "tool_result":
      return [event.data.name, event.data.error ?? "", leaves(event.data.result ?? null)].join(" ").trim();
    default:
      return "";
  }
}

/** Names and values of JSON as words, without its signs. */
function leaves(value: Json): string {
  if (value === null) return "";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map(leaves).join(" ");
  return Object.entries(value)
    .map(([name, each]) => `${name} ${leaves(each)}`)
    .join(" ");
}

const SNIPPET = 160;

/** One line of the text around the first of the words. */
export function snippetOf(text: string, words: readonly string[]): string {
  const line = text.normalize("NFC").replace(/\s+/g, " ").trim();
  if (line.length <= SNIPPET) return line;
  const small = line.toLowerCase();
  const hits = words.map((word) => small.indexOf(word)).filter((at) => at >= 0);
  const start = Math.max(0, Math.min(Math.min(...hits, line.length) - SNIPPET / 4, line.length - SNIPPET));
  const from = hits.length === 0 ? 0 : start;
  const end = from + SNIPPET;
  return `${from > 0 ? "…" : ""}${piece(line, from, end)}${end < line.length ? "…" : ""}`;
}
