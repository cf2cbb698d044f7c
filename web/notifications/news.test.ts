import { expect, test } from "vitest";
import type { AwayItem } from "../../src/wire/away.ts";
import { isQuiet, isWorthTelling, wordsOf } from "./news.ts";

const done: AwayItem = {
  ...{ kind: "completed", chatId: "c", seq: 1, at: "2026-01-01T00:00:00.000Z", runId: "r", taskId: null, title: "Tea" },
  ...{ reason: null, approvalId: null, questionId: null, expiresAt: null, schedule: null, tookMs: 1000 },
};

test.each([
  { what: "a failure", item: { ...done, kind: "failed" as const }, own: true, is: true },
  { what: "what waits for a person", item: { ...done, kind: "asks" as const }, own: true, is: true },
  { what: "a message that is meant for one", item: { ...done, kind: "mentioned" as const }, own: true, is: true },
  { what: "short work that was begun in this tab", item: done, own: true, is: false },
  { what: "short work that was begun elsewhere", item: done, own: false, is: true },
  { what: "long work", item: { ...done, tookMs: 31_000 }, own: true, is: true },
  { what: "short work of a schedule", item: { ...done, schedule: "quick" }, own: false, is: false },
  { what: "long work of a schedule", item: { ...done, schedule: "quick", tookMs: 31_000 }, own: false, is: true },
  { what: "what somebody cancelled", item: { ...done, kind: "cancelled" as const }, own: false, is: false },
])("$what is told of: $is", ({ item, own, is }) => expect(isWorthTelling(item, "usual", () => own)).toBe(is));

test("of what is done everything or nothing is told, as one likes it", () => {
  expect(isWorthTelling({ ...done, schedule: "quick" }, "all", () => true)).toBe(true);
  expect(isWorthTelling({ ...done, tookMs: 99_000 }, "none", () => false)).toBe(false);
});

test("several things are told as one", () => {
  expect(wordsOf([{ ...done, kind: "failed", reason: "no disk" }])).toEqual({ title: "Failed: Tea", text: "no disk" });
  const flawed = { ...done, reason: "one tool failed" };
  expect(wordsOf([flawed])).toEqual({ title: "Done with errors: Tea", text: "one tool failed" });
  expect(wordsOf([done, flawed]).text).toBe("1 done · 1 done with errors");
  expect(wordsOf([done, { ...done, kind: "failed" }, done])).toEqual({
    title: "3 things happened",
    text: "2 done · 1 failed",
  });
});

test.each([
  ["22:00-07:00", "23:30", true],
  ["22:00-07:00", "06:59", true],
  ["22:00-07:00", "07:00", false],
  ["09:00-17:00", "12:00", true],
  ["09:00-17:00", "08:59", false],
  ["off", "03:00", false],
])("of %s, %s is quiet: %s", (hours, time, is) => expect(isQuiet(hours, time)).toBe(is));
