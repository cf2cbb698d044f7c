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

/**
 * Aligned columns with two spaces between, no borders; the last column is cut to the width. Where that is not enough the
 * widest of those with a `max` give way, then the widest of all: a line that breaks is read worse than a name that is cut.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const last = columns.length - 1;
  const widths = columns.map((column, at) => {
    const widest = Math.max(column.title.length, ...rows.map((row) => widthOf(row[at] ?? "")));
    return Math.min(widest, column.max ?? widest);
  });
  const before = (): number => widths.slice(0, last).reduce((sum, part) => sum + part + 2, 0);
  const giveWay = (those: (column: Column) => boolean, wanted: number): void => {
    const flexible = columns.flatMap((column, at) => (those(column) && at !== last ? [at] : []));
    for (let excess = before() + Math.min(widths[last] ?? 0, wanted) - width; excess > 0; excess -= 1) {
      const widest = flexible.reduce<number | undefined>(
        (most, at) => ((widths[at] ?? 0) > (widths[most ?? -1] ?? LEAST) ? at : most),
        undefined,
      );
      if (widest === undefined) return;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  };
  giveWay(({ max }) => max !== undefined, LAST);
  giveWay(() => true, LEAST);
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
