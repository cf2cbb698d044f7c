import { cut, pad, widthOf } from "./columns.ts";

export interface Column {
  readonly title: string;
  /** The widest that the column may get; the last column takes what is left. */
  readonly max?: number;
}

/** The narrowest that a column is cut to. */
const LEAST = 8;
/** What the last column gets before the others are cut, as far as it has so much to say. */
const LAST = 16;

/** Aligned columns with two spaces between, no borders; the last column is cut to the width. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const last = columns.length - 1;
  const widths = columns.map((column, at) => {
    const widest = Math.max(column.title.length, ...rows.map((row) => widthOf(row[at] ?? "")));
    return Math.min(widest, column.max ?? widest);
  });
  const before = (): number => widths.slice(0, last).reduce((sum, part) => sum + part + 2, 0);
  // Where it does not fit, the widest of those that may be cut gives way first.
  const wanted = Math.min(widths[last] ?? 0, LAST);
  for (let excess = before() + wanted - width; excess > 0; excess -= 1) {
    const flexible = columns.flatMap(({ max }, at) => (max !== undefined && at !== last ? [at] : []));
    const widest = flexible.reduce<number | undefined>(
      (most, at) => ((widths[at] ?? 0) > (widths[most ?? -1] ?? LEAST) ? at : most),
      undefined,
    );
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
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
