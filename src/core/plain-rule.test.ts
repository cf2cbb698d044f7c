import { expect, test } from "vitest";
import { plainRuleText } from "./plain-rule.ts";

/** A Wednesday; 23:30 in London, 00:30 of Thursday in Berlin. */
const NOW = Date.parse("2026-11-25T23:30:10Z");

test.each([
  ["every day at nine", "cron(0 9 * * *)"],
  ["Every day at 9", "cron(0 9 * * *)"],
  ["daily at 9:05 pm", "cron(5 21 * * *)"],
  ["daily 18:00", "cron(0 18 * * *)"],
  ["at noon every day", "cron(0 12 * * *)"],
  ["each day at midnight", "cron(0 0 * * *)"],
  ["every day at 12 am", "cron(0 0 * * *)"],
  ["every day at 12pm", "cron(0 12 * * *)"],
  ["every day at nine thirty in the evening", "cron(30 21 * * *)"],
  ["every day at 8 in the morning and 8 in the evening", "cron(0 8,20 * * *)"],
  ["every day at 9 and 18:00", "cron(0 9,18 * * *)"],
  ["weekdays at 8:30", "cron(30 8 * * 1-5)"],
  ["every weekday at 8.30", "cron(30 8 * * 1-5)"],
  ["on weekends at ten o'clock", "cron(0 10 * * 0,6)"],
  ["every Monday at 7", "cron(0 7 * * 1)"],
  ["mondays and thursdays at 7", "cron(0 7 * * 1,4)"],
  ["weekly on Friday at 17:00", "cron(0 17 * * 5)"],
  ["Mon, Wed and Fri at 6am", "cron(0 6 * * 1,3,5)"],
  ["monday to friday at 9", "cron(0 9 * * 1-5)"],
  ["every month on the 1st at 9", "cron(0 9 1 * *)"],
  ["on the 15th of every month at noon", "cron(0 12 15 * *)"],
  ["every 2 hours", "every(2 hours)"],
  ["every two hours", "every(2 hours)"],
  ["every other day", "every(2 days)"],
  ["every hour", "every(1 hour)"],
  ["hourly", "every(1 hour)"],
  ["every half hour", "every(30 minutes)"],
  ["every 30 min", "every(30 minutes)"],
  ["every 2 weeks", "every(14 days)"],
  ["every 20 seconds", "every(20 seconds)"],
  ["tomorrow at 7", "at(2026-11-26T07:00)"],
  ["today at 23:45", "at(2026-11-25T23:45)"],
  ["tomorrow noon", "at(2026-11-26T12:00)"],
  ["at 7 tomorrow", "at(2026-11-26T07:00)"],
  ["on Friday at 5pm", "at(2026-11-27T17:00)"],
  ["wednesday at 7", "at(2026-12-02T07:00)"],
  ["wednesday at 23:45", "at(2026-11-25T23:45)"],
  ["next wednesday at 23:45", "at(2026-12-02T23:45)"],
  ["on 2027-12-01 at 9", "at(2027-12-01T09:00)"],
  ["2027-12-01 09:00", "at(2027-12-01T09:00)"],
  ["in 20 minutes", "at(2026-11-25T23:50:10)"],
  ["in half an hour", "at(2026-11-26T00:00:10)"],
  // As it was written until now.
  ["every(30 minutes)", "every(30 minutes)"],
  ["CRON( 0 9 * * 1-5 )", "cron(0 9 * * 1-5)"],
  ["at(2027-12-01T09:00)", "at(2027-12-01T09:00)"],
  // As a crontab has it.
  ["0 9 * * *", "cron(0 9 * * *)"],
  [" 0  9 * * mon-fri ", "cron(0 9 * * mon-fri)"],
  ["*/30 * * * * *", "cron(*/30 * * * * *)"],
  ["cron 0 9 * * *", "cron(0 9 * * *)"],
  ["cron: '0 9 13 * +FRI'", "cron(0 9 13 * +FRI)"],
  ["0 9 L * *", "cron(0 9 L * *)"],
  ["@daily", "cron(0 0 * * *)"],
  ["@Weekly", "cron(0 0 * * 0)"],
])("%j is %s", (said, rule) => expect(plainRuleText(said, NOW, "Europe/London")).toBe(rule));

test("which day tomorrow is depends on the zone, and so many minutes ahead is an instant whatever the clocks do", () => {
  expect(plainRuleText("tomorrow at 7", NOW, "Europe/Berlin")).toBe("at(2026-11-27T07:00)");
  const beforeChange = Date.parse("2026-10-25T00:30:00Z");
  expect(plainRuleText("in 1 hour", beforeChange, "Europe/London")).toBe("at(2026-10-25T01:30)");
});

test.each(["every day", "weekdays", "tomorrow", "on Monday", "mondays and fridays"])(
  "%j needs a time of day, and the error says how to write it",
  (said) => {
    expect(() => plainRuleText(said, NOW, "UTC")).toThrowError(
      expect.objectContaining({ code: "invalid_input", hint: expect.stringContaining(`${said} at 9:00`) }),
    );
  },
);

test.each([
  "",
  "soon",
  "every",
  "at 7",
  "every day at 25",
  "every day at 13 am",
  "every day at 9 and 18:30",
  "every blue moon",
  "every day at a",
  "every 0 minutes",
  "every constructor minutes",
  "in nothing hours",
  "tomorrow at 7 and 8",
  "every month on the 40th at 9",
  "every monday or so at 9",
  "at at at",
  "0 9 * *",
  "0 9 * * * * *",
  "61 9 * * *",
  "* * * * * *",
  "1 2 3 4 monday",
  "@reboot",
  "@constructor",
  "x".repeat(500),
])("%j is refused rather than guessed", (said) => {
  expect(() => plainRuleText(said, NOW, "UTC")).toThrowError(expect.objectContaining({ code: "invalid_input" }));
});
