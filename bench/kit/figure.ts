/** One measured number, beside what it is to reach and what the machine could do at most in the same run. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "MB" | "/s";
  /** In the same unit; null: nothing was promised. */
  readonly reach: number | null;
  /** The same work without Sparky, measured in the same run. */
  readonly raw: { readonly what: string; readonly value: number } | null;
  readonly note?: string;
}

/** What the groups of figures are run with. */
export interface Setting {
  /** A PostgreSQL server that really flushes to disk; null: this machine has none. */
  readonly postgres: string | null;
}

export function reached({ value, unit, reach }: Figure): boolean {
  return reach === null || (unit === "/s" ? value >= reach : value <= reach);
}

/** How often the raw limit's time, memory or rate it takes: 1 would be the limit itself. */
export function ratio({ value, unit, raw }: Figure): number | null {
  if (raw === null || raw.value === 0 || value === 0) return null;
  return unit === "/s" ? raw.value / value : value / raw.value;
}
