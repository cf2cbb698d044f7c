import type { ActivityItem } from "../../src/wire/activity.ts";

/** Where a run lies on a line of time, in hundredths of it; runs that overlap lie in lanes of their own. */
export interface Mark {
  readonly item: ActivityItem;
  readonly left: number;
  readonly width: number;
  readonly lane: number;
}

/** So many lanes at most: what does not fit is in the last one, over others. */
export const LANES = 4;

export function marksOf(items: readonly ActivityItem[], from: number, to: number): readonly Mark[] {
  const place = (at: number): number => ((Math.min(Math.max(at, from), to) - from) / (to - from)) * 100;
  const ends: number[] = [];
  return items
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
    .map((item) => {
      const begin = Date.parse(item.startedAt);
      const end = item.endedAt === null ? to : Date.parse(item.endedAt);
      const free = Array.from({ length: LANES }, (_, lane) => lane).find((lane) => (ends[lane] ?? 0) <= begin);
      const lane = free ?? LANES - 1;
      ends[lane] = Math.max(ends[lane] ?? 0, end);
      return { item, lane, left: place(begin), width: place(end) - place(begin) };
    });
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LEAST_MS = 10 * MINUTE_MS;

/** Where the line begins: a day ago, or a little before the first run when all of them are newer. */
export function beginOf(items: readonly ActivityItem[], to: number): number {
  const first = Math.min(to, ...items.map(({ startedAt }) => Date.parse(startedAt)));
  return to - Math.min(DAY_MS, Math.max(LEAST_MS, (to - first) * 1.04));
}

const STEPS = [2, 5, 10, 15, 30, 60, 120, 240].map((minutes) => minutes * MINUTE_MS);
const MOST_TIMES = 6;

/** The times to name below the line, round ones of the reader's own clock. */
export function timesOf(from: number, to: number): readonly number[] {
  const step = STEPS.find((each) => (to - from) / each <= MOST_TIMES) ?? DAY_MS;
  const midnight = new Date(from).setHours(0, 0, 0, 0);
  const found: number[] = [];
  for (let at = midnight; at <= to; at += step) if (at >= from) found.push(at);
  return found;
}
