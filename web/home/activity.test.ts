import { expect, test } from "vitest";
import type { ActivityItem } from "../../src/wire/activity.ts";
import { beginOf, LANES, marksOf, timesOf } from "./activity.ts";

const DAY = 86_400_000;
const TO = Date.parse("2026-03-02T12:00:00Z");
const FROM = TO - DAY;

const run = (startedHours: number, endedHours: number | null): ActivityItem => ({
  runId: `${startedHours}`,
  taskId: "t",
  chatId: "c",
  title: "Work",
  schedule: null,
  state: endedHours === null ? "working" : "completed",
  startedAt: new Date(FROM + startedHours * 3_600_000).toISOString(),
  endedAt: endedHours === null ? null : new Date(FROM + endedHours * 3_600_000).toISOString(),
  workingSince: null,
  workedMs: 0,
  waitsFor: null,
  reason: null,
});

test.each([
  { what: "a run within the day", item: run(6, 12), left: 25, width: 25 },
  { what: "one that began before", item: run(-5, 6), left: 0, width: 25 },
  { what: "one that goes on", item: run(18, null), left: 75, width: 25 },
  { what: "one that has only begun", item: run(24, null), left: 100, width: 0 },
])("$what has its place on the line", ({ item, left, width }) => {
  expect(marksOf([item], FROM, TO)).toMatchObject([{ left, width, lane: 0 }]);
});

test("runs that overlap lie in lanes of their own, as far as there are any", () => {
  const many = marksOf([run(1, 3), run(2, 4), run(3, 5), ...[6, 6, 6, 6, 6].map((at) => run(at, 9))], FROM, TO);
  expect(many.map(({ lane }) => lane)).toEqual([0, 1, 0, 0, 1, 2, LANES - 1, LANES - 1]);
});

test.each([
  { what: "an hour ago", first: 23, hours: 1.04 },
  { what: "a minute ago", first: 23.99, hours: 1 / 6 },
  { what: "before the day", first: -3, hours: 24 },
  { what: "just now, by a clock that is ahead", first: 24.1, hours: 1 / 6 },
])("the line begins where there is something: the first run began $what", ({ first, hours }) => {
  expect((TO - beginOf([run(first, null), run(23.995, null)], TO)) / 3_600_000).toBeCloseTo(hours, 5);
});

test.each([
  { hours: 24, apart: 240 },
  { hours: 5, apart: 60 },
  { hours: 1.04, apart: 15 },
  { hours: 0.5, apart: 5 },
  { hours: 1 / 6, apart: 2 },
])("round times of the reader's own clock are named below $hours hours: each $apart minutes", ({ hours, apart }) => {
  const times = timesOf(TO - hours * 3_600_000, TO);
  expect(times.length).toBeGreaterThanOrEqual(3);
  expect(times.length).toBeLessThanOrEqual(7);
  expect(times.every((at) => at <= TO && at >= TO - hours * 3_600_000)).toBe(true);
  const apartBy = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 60_000);
  expect([...new Set(apartBy)]).toEqual([apart]);
  expect(times.every((at) => new Date(at).getMinutes() % Math.min(apart, 60) === 0)).toBe(true);
});
