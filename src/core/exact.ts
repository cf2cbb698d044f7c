import { piece } from "./text.ts";

/**
 * What exactly runs, for the eyes of whoever is asked about it or reads of it later. A character that is not seen as itself
 * is spelled out, and what only takes room (empty lines, long gaps, long lines) is told instead of shown: nothing is hidden,
 * turned around or pushed out of sight. Every view of a call's arguments or summary shows it through this file.
 */

export interface ExactPart {
  /** `told`: words of ours, in the place of what they tell of. */
  readonly kind: "plain" | "spelled" | "told";
  readonly text: string;
}

/** As many blanks as no indentation has. */
const GAP = 24;
/** The same within one line of a list. */
const LINE_GAP = 4;
const EMPTY_LINES = 3;
const LONG_LINE = 1000;

/** A mark on a letter, and not so many of them that they cover other lines. */
const ON_A_LETTER = String.raw`(?!\p{DI})\p{L}(?:(?!\p{DI})\p{M}){0,7}`;

/**
 * Control and format characters (with what turns a line around), blanks other than U+0020, what has no look at all, half
 * characters, and marks that stand on nothing or on many others. Not: what an emoji is made of.
 */
const UNSEEN = new RegExp(
  [
    String.raw`\ufe0f(?<=\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}]?\ufe0f)`,
    String.raw`\u200d(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]{0,2}\u200d)(?=\p{Extended_Pictographic})`,
    String.raw`([\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}|(?<!${ON_A_LETTER})\p{M})`,
  ].join("|"),
  "gu",
);

/** In several lines: line breaks and tabs stay. */
export function exactParts(text: string): readonly ExactPart[] {
  const parts: ExactPart[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    if (at > 0) parts.push(plain("\n"));
    const empty = emptyLines(lines, at);
    if (empty >= EMPTY_LINES) {
      parts.push(told(`⋮ ${empty} empty lines`));
      at += empty - 1;
      continue;
    }
    const line = lines[at] ?? "";
    if (line.length > LONG_LINE) parts.push(told(`⋮ the next line has ${line.length} characters`), plain("\n"));
    parts.push(...lineParts(line, GAP));
  }
  return parts;
}

export const exactText = (text: string): string => joined(exactParts(text));

/** With every character spelled out that must be, and nothing told: for scripts. JSON stays JSON. */
export const spelledOut = (text: string): string => (MAYBE_UNSEEN.test(text) ? joined(spelled(text)) : text);

/** Each character that `UNSEEN` may find, without its looks around, which cost a hundred times as much. */
const MAYBE_UNSEEN = /(?![\n\t ])[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A call in one line: its tool's name may be the model's own invention. */
export const callLine = (name: string, summary = ""): string => exactLine(`${name} ${summary}`);

/** In one line of at most about `most` characters: `⏎` is a line break, and what is cut off is counted. */
export function exactLine(text: string, most = 300): string {
  const line = text
    .replace(/\r\n/g, "\n")
    // Each run of blanks is tried once, from its first: from each of them it would take the square of their number.
    .replace(/^[ \t\n]+|(?<![ \t\n])[ \t\n]+$/g, "")
    .replace(/(?<![ \t])[ \t]*\n[ \t\n]*/g, (breaks) => ` ${times("⏎", breaks.split("\n").length - 1)} `);
  const whole = joined(lineParts(line.replaceAll("\t", " "), LINE_GAP));
  if (whole.length <= most) return whole;
  const kept = piece(whole, 0, most - CUT_ROOM);
  return `${kept}… and ${whole.length - kept.length} more characters`;
}

const CUT_ROOM = 32;

const times = (mark: string, count: number): string => (count === 1 ? mark : `${mark}×${count}`);

function emptyLines(lines: readonly string[], from: number): number {
  let to = from;
  while (to < lines.length && /^[ \t\r]*$/.test(lines[to] ?? "")) to++;
  return to - from;
}

function lineParts(line: string, gap: number): ExactPart[] {
  return line.split(new RegExp(`([ \\t]{${gap},})`)).flatMap((each, at) => {
    if (at % 2 === 1) return [told(`⟨${each.length} blanks⟩`)];
    return spelled(each);
  });
}

function spelled(text: string): ExactPart[] {
  const parts: ExactPart[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    const [, unseen] = match;
    if (unseen === undefined || unseen === "\t" || unseen === "\n") continue;
    if (match.index > from) parts.push(plain(text.slice(from, match.index)));
    parts.push({ kind: "spelled", text: escaped(unseen) });
    from = match.index + unseen.length;
  }
  if (from < text.length) parts.push(plain(text.slice(from)));
  return parts;
}

/** As in JSON. */
const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");

const joined = (parts: readonly ExactPart[]): string => parts.map((part) => part.text).join("");
const plain = (text: string): ExactPart => ({ kind: "plain", text });
const told = (text: string): ExactPart => ({ kind: "told", text });
