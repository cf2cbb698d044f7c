/**
 * Text that every engine, provider and terminal takes, and the one place where text is cut. JavaScript's strings can hold
 * half a character (one of a pair of surrogates); UTF-8, and so a database, a provider or a file, cannot.
 */

const REPLACEMENT = "\u{fffd}";

/** Text on its way in: half a character, and U+0000, which PostgreSQL does not store, are told as U+FFFD. */
export function soundText(text: string): string {
  const whole = text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", REPLACEMENT) : whole;
}

/** In what `JSON.stringify` writes an escape of a surrogate is always half a character: it writes whole ones as they are. */
const HALVES = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;
const ZEROS = /(?<!\\)((?:\\\\)*)\\u0000/g;

/** JSON from `JSON.stringify`, without half characters: for what was written before `soundJson` was asked. */
export function wellFormedJson(json: string): string {
  return json.includes("\\ud") ? json.replace(HALVES, `$1${REPLACEMENT}`) : json;
}

/** JSON from `JSON.stringify` on its way in, its texts as `soundText` makes them. */
export function soundJson(json: string): string {
  const whole = wellFormedJson(json);
  return whole.includes("\\u0000") ? whole.replace(ZEROS, `$1${REPLACEMENT}`) : whole;
}

/** A JSON value on its way in, its texts, names of fields included, as `soundText` makes them; the same one if they are so. */
export function soundValue<T>(value: T): T {
  const json = JSON.stringify(value);
  if (json === undefined) return value;
  const sound = soundJson(json);
  return sound === json ? value : (JSON.parse(sound) as T);
}

/** A piece of a text, in UTF-16 units as `slice` counts them; at its ends no half of a character stays. */
export function piece(text: string, from: number, to: number = text.length): string {
  const start = Math.max(from, 0);
  return text.slice(start + (isWithin(text, start) ? 1 : 0), to - (isWithin(text, to) ? 1 : 0));
}

/** Whether the place is between the two halves of a character. */
function isWithin(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/**
 * What a person sees as one character: a letter with its marks, a syllable, an emoji of several, a flag. Close to what
 * Unicode calls a grapheme cluster (UAX #29); `Intl.Segmenter` takes 5 MB and 20 ms for the little that is missing.
 */
const CHARACTER =
  /\r\n|\p{RI}\p{RI}|.(?:\u200d\p{Extended_Pictographic}|[\u200c-\u200d\p{M}\p{Emoji_Modifier}\u1160-\u11ff\ud7b0-\ud7ff\u{e0020}-\u{e007f}])*/gsu;

const PLAIN = /^[\x20-\x7e]*$/;

/** What a person sees as single characters. */
export function characters(text: string): readonly string[] {
  return PLAIN.test(text) ? text.split("") : (text.match(CHARACTER) ?? []);
}

/** Longer than any character that is not made to be long. */
const LONGEST = 100;

/** At most `most` UTF-16 units, the last one `…` when something was cut; no character is cut in the middle. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.max(most - 1, 0);
  const from = Math.max(end - LONGEST, 0);
  const near = piece(text, from, end + LONGEST);
  let at = from;
  for (const character of characters(near)) {
    if (at + character.length > end) break;
    at += character.length;
  }
  return `${piece(text, 0, at > from ? at : end)}…`;
}

/** Joins a text that comes in chunks: half a character at the end of one waits for its other half. */
export class Chunks {
  #half = "";

  /** What of the text is whole by now, as `soundText` makes it. */
  add(chunk: string): string {
    const text = this.#half + chunk;
    const ends = isHigh(text.charCodeAt(text.length - 1));
    this.#half = ends ? text.slice(-1) : "";
    return soundText(ends ? text.slice(0, -1) : text);
  }

  /** Nothing more comes. */
  end(): string {
    const left = soundText(this.#half);
    this.#half = "";
    return left;
  }
}
