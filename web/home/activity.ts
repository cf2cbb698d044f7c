import type { ActivityItem } from "../../src/wire/activity.ts";

/** Where a run lies on a line of time, in hundredths of it; runs that overlap lie in lanes of their own. */
export interface Mark {
  readonly item: ActivityItem;
  readonly left: number;
  readonly width: number;
  readonly lane: number;
}

/** So many lanes: what does not fit is in the last one, over others. */
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

/** The full hours to name below the line: every third. */
export function hoursOf(from: number, to: number): readonly number[] {
  const hour = new Date(from);
  hour.setMinutes(0, 0, 0);
  const found: number[] = [];
  while (hour.getTime() <= to) {
    if (hour.getTime() >= from && hour.getHours() % 3 === 0) found.push(hour.getTime());
    hour.setHours(hour.getHours() + 1);
  }
  return found;
}
