import { expect, test } from "vitest";
import { ruleWords } from "./rule-words.ts";

test.each([
  ["every(30 minutes)", "Every 30 minutes"],
  ["every(1 day)", "Every day"],
  ["at(2026-12-01T09:00)", "Once, on 2026-12-01 at 09:00"],
  ["cron(0 9 * * 1-5)", "At 09:00, Monday through Friday"],
  ["cron(0 9 L * *)", "At 09:00, on the last day of the month"],
  ["cron(0 9 * * 5#2)", "At 09:00, on the second Friday of the month"],
  ["cron(0 9 13 * FRI)", "At 09:00, on day 13 of the month, or on Friday"],
  ["cron(0 9 13 * +FRI)", "At 09:00, on day 13 of the month, and on Friday"],
  ["cron(no)", "cron(no)"],
])("%s is said as %j", async (rule, words) => {
  expect(await ruleWords(rule)).toBe(words);
});
