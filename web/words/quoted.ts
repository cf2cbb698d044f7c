/** The blocks of scripts from right to left: https://www.unicode.org/roadmaps/ */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** What sets the order of words by itself, beyond the end of a text too. */
const ORDERING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** In quotation marks. What runs from right to left is set apart, so that the sentence around it keeps its order. */
export function quoted(text: string): string {
  const shown = text.replace(ORDERING, "");
  return RIGHT_TO_LEFT.test(shown) ? `“\u2068${shown}\u2069”` : `“${shown}”`;
}
