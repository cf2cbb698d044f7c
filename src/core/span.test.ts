import { expect, test } from "vitest";
import { momentOf } from "./span.ts";

test.each([
  { text: "2026-05-07", from: "2026-05-07T00:00:00.000Z", to: "2026-05-08T00:00:00.000Z" },
  { text: "2026-05-07T09:00:00Z", from: "2026-05-07T09:00:00.000Z", to: "2026-05-07T09:00:00.000Z" },
  { text: "2026-05-07T09:00+02:00", from: "2026-05-07T07:00:00.000Z", to: "2026-05-07T07:00:00.000Z" },
])("from $text is from $from, and to it to $to", ({ text, from, to }) => {
  expect(new Date(momentOf(text, "from") ?? 0).toISOString()).toBe(from);
  expect(new Date(momentOf(text, "to") ?? 0).toISOString()).toBe(to);
});

test.each(["", "yesterday", "2026-02-31", "2026-13-01", "2026-05-07T09:00", "2026-05-07T25:00Z", "7 May 2026"])(
  "%j is no such time",
  (text) => expect(momentOf(text, "from")).toBeNull(),
);
