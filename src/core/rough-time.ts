/** How long something is in one unit, to the nearest: the one rule by which ages and waits are told to people. Pure. */
export interface RoughTime {
  readonly n: number;
  readonly unit: "s" | "min" | "h" | "d";
}

const UNITS = [
  { unit: "s", ms: 1000, most: 59 },
  { unit: "min", ms: 60_000, most: 90 },
  { unit: "h", ms: 3_600_000, most: 36 },
] as const;
const DAY_MS = 86_400_000;

/** `6 h` of six hours less a second, and `90 min` rather than one hour or two. */
export function roughTime(ms: number): RoughTime {
  const known = UNITS.find((each) => Math.round(ms / each.ms) <= each.most);
  return known === undefined
    ? { n: Math.round(ms / DAY_MS), unit: "d" }
    : { n: Math.round(ms / known.ms), unit: known.unit };
}
