import { expect, test } from "vitest";
import type { AwayItem } from "../../src/wire/away.ts";
import { awayGroups } from "./away-groups.ts";

let seq = 0;
const item = (kind: AwayItem["kind"], title: string, minute: number, reason: string | null = null): AwayItem => ({
  ...{ kind, title, reason, chatId: title, seq: (seq += 1), at: new Date(minute * 60_000).toISOString() },
  ...{ runId: null, taskId: null, approvalId: null, questionId: null, expiresAt: null, schedule: null, tookMs: null },
});
const told = (items: readonly AwayItem[]) => awayGroups(items).map(({ item: { kind, title }, n }) => [kind, title, n]);

test("what went its way again and again is one line, below failures and questions, with the newest to open", () => {
  const quick = Array.from({ length: 26 }, (_, at) => item("completed", "quick", at));
  const items = [item("skipped", "news", 30), ...quick, item("failed", "links", 3, "no key"), item("asks", "book", 2)];
  expect(told(items)).toEqual([
    ["failed", "links", 1],
    ["asks", "book", 1],
    ["skipped", "news", 1],
    ["completed", "quick", 26],
  ]);
  expect(awayGroups(quick)[0]?.item.at).toBe(new Date(25 * 60_000).toISOString());
});

test("failures are one line only where they failed for the same reason, and each question has its own", () => {
  const items = [
    ...[item("failed", "links", 5, "no key"), item("failed", "links", 4, "no key"), item("failed", "links", 3, "404")],
    ...[item("asks", "book", 2), item("asks", "book", 1)],
  ];
  expect(told(items)).toEqual([
    ["failed", "links", 2],
    ["failed", "links", 1],
    ["asks", "book", 1],
    ["asks", "book", 1],
  ]);
});
