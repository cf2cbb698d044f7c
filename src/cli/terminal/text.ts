import { characters } from "../../core/text.ts";
import { characterWidth, widthOf } from "../console/columns.ts";

/** Lines for a terminal of a known width. Pure; how a look is painted is the screen's matter. */

export type Look = "plain" | "bold" | "italic" | "dim" | "code" | "good" | "bad" | "note" | "ask";

export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** One row of the terminal; never wider than it was made for. */
export type Line = readonly Span[];

export const span = (text: string, look: Look = "plain"): Span => ({ text, look });

export const textOf = (line: Line): string => line.map((each) => each.text).join("");

/** At most `width` columns, the last one `…` when something was cut. */
export function fit(line: Line, width: number): Line {
  if (line.reduce((sum, { text }) => sum + widthOf(text), 0) <= width) return line;
  const out: Span[] = [];
  let room = Math.max(width - 1, 0);
  for (const { text, look } of line) {
    let kept = "";
    for (const each of characters(text)) {
      const wide = characterWidth(each);
      if (wide > room) return [...out, span(`${kept}…`, look)];
      kept += each;
      room -= wide;
    }
    out.push(span(kept, look));
  }
  return out;
}

interface Cell {
  readonly text: string;
  readonly look: Look;
  readonly width: number;
}

/**
 * Breaks at spaces, and within what is longer than a line. The first line begins with `head`, the others with as many
 * spaces; so a paragraph stays a block.
 */
export function wrap(spans: readonly Span[], width: number, head: readonly Span[] = []): Line[] {
  const margin = head.reduce((sum, { text }) => sum + widthOf(text), 0);
  const room = Math.max(width - margin, 8);
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let used = 0;
  for (const { text, look } of spans) {
    for (const each of characters(text)) {
      const cell = { text: each, look, width: characterWidth(each) };
      if (used + cell.width > room) {
        const space = row.findLastIndex((before) => before.text === " ");
        const rest = each === " " || space === -1 ? [] : row.splice(space);
        rows.push(row);
        row = rest.slice(1);
        used = row.reduce((sum, before) => sum + before.width, 0);
        if (each === " ") continue;
      }
      row.push(cell);
      used += cell.width;
    }
  }
  rows.push(row);
  const indent = margin === 0 ? [] : [span(" ".repeat(margin))];
  if (rows.length === 1 && row.length === 0 && head.every(({ text }) => text.trim() === "")) return [[]];
  return rows.map((cells, at) => [...(at === 0 ? head : indent), ...joined(cells)]);
}

function joined(cells: readonly Cell[]): Span[] {
  const out: { text: string; look: Look }[] = [];
  for (const { text, look } of cells) {
    const last = out.at(-1);
    if (last?.look === look) last.text += text;
    else out.push({ text, look });
  }
  return out;
}
