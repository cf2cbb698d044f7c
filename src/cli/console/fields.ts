import type { Output } from "./output.ts";
import { clean, oneLine } from "./text.ts";

/** A name and what stands behind it; null: it is left out. */
export type Field = readonly [name: string, value: string | null];

/** One thing in full: aligned on a terminal, with its lines kept; piped: a name, a tab and one line each. */
export function printFields(out: Output, fields: readonly Field[]): void {
  const shown = fields.flatMap(([name, value]) => (value === null ? [] : [{ name: oneLine(name), value }]));
  const width = Math.max(...shown.map(({ name }) => name.length));
  const indent = `\n${" ".repeat(width + 2)}`;
  for (const { name, value } of shown) {
    const lines = clean(value).trimEnd().split("\n").join(indent);
    out.print(out.terminal ? `${out.paint.dim(name.padEnd(width))}  ${lines}` : `${name}\t${oneLine(value)}`);
  }
}
