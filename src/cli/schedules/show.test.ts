import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { schedule } from "../../../test/golden/wire-samples.ts";
import { widthOf } from "../console/columns.ts";

const last = { ...schedule.last, dueAt: "2026-12-01T13:30:00.000Z" };
const USUAL = [
  { ...schedule, name: "smart_maintenance", when: "every(30 minutes)", last: { ...last, outcome: "ran" } },
  { ...schedule, name: "weekly_review", when: "cron(0 9 * * 1-5)", state: "disabled", nextDueAt: null, last: null },
];
const LONG = {
  ...schedule,
  name: "n".repeat(64),
  when: "cron(0,5,10,15,20,25,30,35,40,45,50,55 8-18 1-15 1,3,5,7,9,11 *)",
  state: "paused",
  last: { ...last, outcome: "skipped", reason: "overlap" },
  description: "Was man früher 園芸 nannte 🧑‍🌾 ".repeat(20),
};

const list = async (items: readonly object[]): Promise<readonly string[]> => {
  const { exit, stdout } = await sparky(["agent", "schedule", "list"], {
    routes: { "GET /api/schedules": { items, next: null, total: items.length } },
    terminal: true,
    columns: 80,
  });
  expect(exit).toBe(0);
  return stdout.trimEnd().split("\n");
};

test("the list of schedules fits a terminal of 80 columns, and the usual names and rules stand there whole", async () => {
  const usual = await list(USUAL);
  expect(usual.join("\n")).toMatch(/smart_maintenance +every 30 min/);
  expect(usual.join("\n")).toMatch(/weekly_review +Mon–Fri 09:00 +disabled/);
  const all = await list([...USUAL, LONG]);
  expect(all).toHaveLength(4);
  for (const line of [...usual, ...all]) expect(widthOf(line)).toBeLessThanOrEqual(80);
  expect(all.at(-1)).toMatch(/^n{8,}…? .*paused/);
});
