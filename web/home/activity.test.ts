import { expect, test } from "vitest";
import type { ActivityItem } from "../../src/wire/activity.ts";
import { hoursOf, LANES, marksOf } from "./activity.ts";

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

test("every third hour of the reader's own clock is named, all within the line", () => {
  const hours = hoursOf(FROM, TO);
  expect(hours.length).toBeGreaterThanOrEqual(7);
  expect(hours.every((at) => at >= FROM && at <= TO && new Date(at).getHours() % 3 === 0)).toBe(true);
});
