import { ratio, verdict, type Figure } from "./figure.ts";

const HEAD = ["", "measured", "to reach", "", "raw limit", "", "times the limit"];

export function cells(figure: Figure): string[] {
  const { what, value, unit, raw, note } = figure;
  const times = ratio(figure);
  return [
    note === undefined ? what : `${what} (${note})`,
    `${amount(value)} ${unit}`,
    toReach(figure),
    verdict(figure),
    raw === null ? "" : `${amount(raw.value)} ${unit}`,
    raw === null ? "" : raw.what,
    times === null ? "" : times.toFixed(1),
  ];
}

/** What was promised of it, in words. */
export function toReach({ reach, unit }: Pick<Figure, "reach" | "unit">): string {
  if (reach === null) return "";
  return typeof reach === "object" ? `${reach.times} ×` : `${amount(reach)} ${unit}`;
}

/** Aligned columns, for a terminal. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const isNumber = (i: number): boolean => [1, 2, 4, 6].includes(i);
  return all
    .map((row) => row.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))))
    .map((row) => row.join("  ").trimEnd())
    .join("\n");
}

export function markdown(rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  return [line(HEAD), line(HEAD.map((_, i) => ([1, 2, 4, 6].includes(i) ? "---:" : "---"))), ...rows.map(line)].join(
    "\n",
  );
}

function amount(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  if (value >= 10) return value.toFixed(0);
  return value >= 0.1 || value === 0 ? value.toFixed(1) : value.toFixed(3);
}
