import { characters } from "../../core/text.ts";

/** How much room text takes on a terminal, which counts columns, not letters. Pure. */

const PLAIN = /^[\x20-\x7e]*$/;
/** East Asian Wide and Fullwidth (UAX #11); of the pictures those that are shown in colour by themselves. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Makes a picture of the sign before it. */
const AS_PICTURE = /\ufe0f/u;
const ZERO = /^[[\p{Mn}\p{Me}\p{Cf}]--[\u00ad]]+$/v;

/** How many columns it takes: two for most of what is written in East Asia, and for emoji; none for a mark by itself. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return characters(text).reduce((sum, each) => sum + characterWidth(each), 0);
}

export function characterWidth(character: string): number {
  if (PLAIN.test(character)) return character.length;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) || AS_PICTURE.test(character) ? 2 : 1;
}

/** At most `columns` wide, the last column `…` when something was cut. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "";
  let room = Math.max(columns - 1, 0);
  for (const each of characters(text)) {
    room -= characterWidth(each);
    if (room < 0) break;
    kept += each;
  }
  return `${kept}…`;
}

/** At least `columns` wide, with blanks behind. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}
