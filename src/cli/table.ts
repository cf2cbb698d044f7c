import { cut } from "./text.ts";

export interface Column {
  readonly title: string;
  /** The widest that the column may get; the last column takes what is left. */
  readonly max?: number;
}

/** The narrowest that a column is cut to. */
const LEAST = 8;

/** Aligned columns with two spaces between, no borders; the last column is cut to the width. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const last = columns.length - 1;
  const widths = columns.map((column, at) => {
    const widest = Math.max(column.title.length, ...rows.map((row) => [...(row[at] ?? "")].length));
    return Math.min(widest, column.max ?? widest);
  });
  const before = (): number => widths.slice(0, last).reduce((sum, part) => sum + part + 2, 0);
  // Where it does not fit, the wide columns give way first, from the last to the first.
  for (let at = last - 1; at >= 0; at -= 1) {
    const excess = before() + LEAST - width;
    const now = widths[at] ?? 0;
    if (excess > 0 && columns[at]?.max !== undefined) widths[at] = Math.max(Math.min(now, LEAST), now - excess);
  }
  const room = Math.max(width - before(), LEAST);
  const line = (cells: readonly string[]): string =>
    columns
      .map((_, at) =>
        at === last ? cut(cells[at] ?? "", room) : pad(cut(cells[at] ?? "", widths[at] ?? 0), widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - [...text].length));
}
