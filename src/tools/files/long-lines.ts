import type { Masking } from "../../core/known-secrets.ts";

/**
 * Of a long line what is around a match, with as much more at both ends as a secret may take. It is found where no secrets are
 * known, and cut where they are: one that is cut in two would be masked by nobody.
 */
export interface LinePart {
  readonly text: string;
  /** What of it is shown. */
  readonly from: number;
  readonly to: number;
  readonly isBegun: boolean;
  readonly goesOn: boolean;
}

/** As it is where it is short. */
export type Line = string | LinePart;

const LONGEST = 300;

/** `reach`: as long as a secret may be. */
export function lineAround(line: string, at: number, reach: number): Line {
  if (line.length <= LONGEST) return line;
  const from = Math.max(at - LONGEST / 3, 0);
  const to = Math.min(from + LONGEST, line.length);
  const start = Math.max(from - reach, 0);
  const text = line.slice(start, to + reach);
  return { text, from: from - start, to: to - start, isBegun: from > 0, goesOn: to < line.length };
}

export function shownLine(line: Line, masking: Masking): string {
  if (typeof line === "string") return line;
  const { text, from, to, isBegun, goesOn } = line;
  const shown = masking.between(text, from, to).replace(HALF_AT_AN_END, "");
  return `${isBegun ? "…" : ""}${shown}${goesOn ? "…" : ""}`;
}

/** Of a character that was cut in two. */
const HALF_AT_AN_END = /^[\udc00-\udfff]|[\ud800-\udbff]$/g;
