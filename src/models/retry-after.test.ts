import { expect, test } from "vitest";
import { retryAfter } from "./retry-after.ts";

const NOW = Date.UTC(2026, 10, 28, 12);

test.each([
  { says: "seconds", headers: { "retry-after": "7" }, ms: 7000 },
  { says: "a part of a second", headers: { "retry-after": "0.5" }, ms: 500 },
  { says: "milliseconds", headers: { "retry-after-ms": "350", "retry-after": "9" }, ms: 350 },
  { says: "a unit", headers: { "retry-after": "2m" }, ms: 120_000 },
  { says: "a date", headers: { "retry-after": "Sat, 28 Nov 2026 12:01:00 GMT" }, ms: 60_000 },
  {
    says: "a date of a server whose clock is an hour behind",
    headers: { "retry-after": "Sat, 28 Nov 2026 11:01:00 GMT", date: "Sat, 28 Nov 2026 11:00:00 GMT" },
    ms: 60_000,
  },
  { says: "a date that is over", headers: { "retry-after": "Sat, 28 Nov 2026 11:59:00 GMT" }, ms: 0 },
  { says: "nonsense", headers: { "retry-after": "soon" }, ms: undefined },
  { says: "nothing", headers: {}, ms: undefined },
])("F92 a header that says $says", ({ headers, ms }) => {
  expect(retryAfter(headers, "", NOW)).toBe(ms);
});

test.each([
  ['{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"36s"}]}}', 36_000],
  ['{"error":{"details":[{"retryDelay": "47.434s"}]}}', 47_434],
  ["Please retry in 36.429760048s.", 36_430],
  ["Rate limit reached for requests. Please try again in 7m12.5s. Visit", 432_500],
  ["Please try again in 20ms.", 20],
  ["Requests have exceeded the limit. Please retry after 20 seconds.", 20_000],
  ["Try again in 1 hour 2 minutes", 3_720_000],
  ['{"message":"slow down","retry_after":5}', 5000],
  ["Please try again later.", undefined],
  ["There are 20 seconds in it", undefined],
])("F92 a body that says %s", (body, ms) => {
  expect(retryAfter({}, body, NOW)).toBe(ms);
});

test("F92 a header counts before the body", () => {
  expect(retryAfter({ "retry-after": "3" }, '{"retryDelay":"36s"}', NOW)).toBe(3000);
});
