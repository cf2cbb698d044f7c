import { expect, test } from "vitest";
import { namesTime, shortRule } from "./short-rule.ts";

test.each([
  ["every(30 minutes)", "every 30 min"],
  ["every(1 hour)", "every hour"],
  ["every(1 day)", "every day"],
  ["every(7 days)", "every 7 days"],
  ["every(10 seconds)", "every 10 s"],
  ["cron(0 9 * * 1-5)", "Mon–Fri 09:00"],
  ["cron(0 9 * * MON-FRI)", "Mon–Fri 09:00"],
  ["cron(30 8,17 * * *)", "daily 08:30, 17:30"],
  ["cron(5 * * * *)", "hourly at :05"],
  ["cron(*/15 * * * *)", "every 15 min"],
  ["cron(0 0 * * 0,6)", "Sun, Sat 00:00"],
  ["cron(0 7 1 * *)", "on day 1 of the month 07:00"],
])("%s is %s in few words", (rule, words) => expect(shortRule(rule)).toBe(words));

test.each([
  // Either day is enough in cron: few words would tell half of it.
  "cron(0 9 13 * 5)",
  "cron(0 9 * * +FRI)",
  "cron(0 9 * * 5#2)",
  "cron(0 9 L * *)",
  "cron(*/7 * * * *)",
  "cron(0 9-17 * * *)",
  "cron(30 0 9 * * *)",
  "cron(0 9 * 6 *)",
  "cron(0 9 * * 8)",
  "whenever",
])("%s has no few words", (rule) => expect(shortRule(rule)).toBeNull());

test("a time of day has a zone, an interval has none", () => {
  expect(shortRule("at(2026-12-01T09:00)")).toMatch(/^once, .*2026.* 09:00$/);
  expect(["every(1 hour)", "cron(0 9 * * *)", "at(2026-12-01T09:00)"].map(namesTime)).toEqual([false, true, true]);
});
