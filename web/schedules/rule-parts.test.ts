import { expect, test } from "vitest";
import { beginning, partsOf, ruleOf } from "./rule-parts.ts";

test.each([
  ["every(30 minutes)", { kind: "every", n: "30", unit: "minutes" }],
  ["every(1 hour)", { kind: "every", n: "1", unit: "hours" }],
  ["cron(5 9 * * *)", { kind: "daily", time: "09:05" }],
  ["cron(30 18 * * 1-5)", { kind: "weekly", days: [1, 2, 3, 4, 5], time: "18:30" }],
  ["cron(0 7 * * 0,6)", { kind: "weekly", days: [0, 6], time: "07:00" }],
  ["at(2027-12-01T09:00)", { kind: "once", at: "2027-12-01T09:00" }],
] as const)("%s is taken apart and put together again", (rule, parts) => {
  expect(partsOf(rule)).toEqual(parts);
  expect(ruleOf(parts)).toBe(rule);
});

test.each([
  "every(20 seconds)",
  "cron(*/5 * * * *)",
  "cron(0 9 1 * *)",
  "cron(61 9 * * *)",
  "cron(0 24 * * *)",
  "at(2027-02-30T09:00)",
  "at(2027-12-01T09:00:30)",
  "weekdays at 9",
  "",
])("%j has no place in the builder", (rule) => expect(partsOf(rule)).toBeNull());

test.each(["every", "daily", "weekly", "once"] as const)("%s begins with a rule that can be sent as it is", (kind) => {
  const parts = beginning(kind, "2027-12-01");
  expect(partsOf(ruleOf(parts))).toEqual(parts);
});
