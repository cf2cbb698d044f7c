import { expect, test } from "vitest";
import { tally, type EndedRun, type Stats } from "./stats.ts";

const run = (endedAt: string, more: Partial<EndedRun> = {}): EndedRun => ({
  state: "completed",
  kind: "task",
  schedule: null,
  taskId: "t",
  chatId: "c",
  endedAt: Date.parse(endedAt),
  waitMs: 10,
  tookMs: 100,
  inputTokens: 1,
  outputTokens: 2,
  cachedTokens: 0,
  costUsd: null,
  reason: null,
  ...more,
});
const span = (since: string, until: string, zone = "UTC") => ({
  since: Date.parse(since),
  until: Date.parse(until),
  zone,
});
const statsOf = (runs: readonly EndedRun[], of: ReturnType<typeof span>): Stats => {
  const sums = tally(of);
  for (const each of runs) sums.add(each);
  return sums.stats();
};
const days = (runs: readonly EndedRun[], of: ReturnType<typeof span>): string[] =>
  statsOf(runs, of).days.map(({ day, completed }) => `${day} ${completed}`);

test("every day of the span is there, also those on which nothing ended", () => {
  const runs = [run("2026-12-01T23:59:59.999Z"), run("2026-12-03T00:00:00Z"), run("2026-12-03T10:00:00Z")];
  expect(days(runs, span("2026-12-01T12:00:00Z", "2026-12-04T12:00:00Z"))).toEqual([
    "2026-12-01 1",
    "2026-12-02 0",
    "2026-12-03 2",
    "2026-12-04 0",
  ]);
});

test.each([
  { zone: "Asia/Kathmandu", at: "2026-12-01T18:15:00Z", day: "2026-12-02" },
  { zone: "Asia/Kathmandu", at: "2026-12-01T18:14:59Z", day: "2026-12-01" },
  { zone: "America/New_York", at: "2026-12-02T04:59:59Z", day: "2026-12-01" },
  { zone: "Pacific/Kiritimati", at: "2026-12-01T10:00:00Z", day: "2026-12-02" },
])("a run that ended at $at is of $day in $zone", ({ zone, at, day }) => {
  expect(days([run(at)], span("2026-12-01T00:00:00Z", "2026-12-03T00:00:00Z", zone))).toContain(`${day} 1`);
});

test("across a change of the clocks no day is left out and none is there twice", () => {
  const all = days([], span("2026-10-20T00:00:00Z", "2026-11-10T00:00:00Z", "Europe/Berlin"));
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(22);
});

test("percentiles are values that occurred, and what never began has none", () => {
  const runs = Array.from({ length: 100 }, (_, at) => run("2026-12-01T10:00:00Z", { waitMs: at + 1, tookMs: null }));
  const { all } = statsOf(runs, span("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"));
  expect(all).toMatchObject({ wait: { p50: 50, p95: 95, max: 100 }, took: null, completed: 100 });
});

test("sums are by kind, by schedule and by reason, and a cost that nobody knows is not zero", () => {
  const at = "2026-12-01T10:00:00Z";
  const told = statsOf(
    [
      run(at, { schedule: "s", costUsd: 0.5, inputTokens: 100 }),
      run(at, { schedule: "s", state: "failed", reason: "no key", costUsd: 0.25 }),
      run(at, { kind: "answer", taskId: null, state: "failed", reason: "no key", chatId: "later" }),
      run(at, { state: "cancelled", waitMs: null }),
    ],
    span("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"),
  );
  expect(told.origins.map((each) => [each.origin, each.schedule, each.completed, each.failed, each.costUsd])).toEqual([
    ["schedule", "s", 1, 1, 0.75],
    ["chat", null, 0, 1, null],
    ["task", null, 0, 0, null],
  ]);
  expect(told.tasks).toMatchObject({ completed: 1, failed: 1, cancelled: 1 });
  expect(told.answers).toMatchObject({ completed: 0, failed: 1, costUsd: null });
  expect(told.failures).toMatchObject([{ reason: "no key", count: 2 }]);
});
