/** One measured number, beside what it is to reach and what the machine could do at most in the same run. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "MB" | "%" | "/s";
  /** null: nothing was promised. */
  readonly reach: Reach | null;
  /** The same work without Sparky, measured in the same run. */
  readonly raw: { readonly what: string; readonly value: number } | null;
  readonly note?: string;
}

/** In the figure's unit, which holds on one machine; or so many times the raw limit, which holds on any. */
export type Reach = number | { readonly times: number };

/** What the groups of figures are run with. */
export interface Setting {
  /** A PostgreSQL server that really flushes to disk; null: this machine has none. */
  readonly postgres: string | null;
}

/** `out of reach`: in this run the machine itself, with nothing of ours, was slower than the promise. */
export function verdict(figure: Figure): "" | "reached" | "missed" | "out of reach" {
  const { value, unit, reach, raw } = figure;
  if (reach === null) return "";
  if (typeof reach === "object") return (ratio(figure) ?? Infinity) <= reach.times ? "reached" : "missed";
  const reaches = (number: number): boolean => (unit === "/s" ? number >= reach : number <= reach);
  if (reaches(value)) return "reached";
  return raw === null || reaches(raw.value) ? "missed" : "out of reach";
}

/** How often the raw limit's time, memory or rate it takes: 1 would be the limit itself. */
export function ratio({ value, unit, raw }: Figure): number | null {
  if (raw === null || raw.value === 0 || value === 0) return null;
  return unit === "/s" ? raw.value / value : value / raw.value;
}
