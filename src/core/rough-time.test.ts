import fc from "fast-check";
import { expect, test } from "vitest";
import { roughTime } from "./rough-time.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

test.each([
  [0, "0 s"],
  [1400, "1 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [90_000, "2 min"],
  [90 * MINUTE, "90 min"],
  [91 * MINUTE, "2 h"],
  [6 * HOUR - 1000, "6 h"],
  [36 * HOUR, "36 h"],
  [37 * HOUR, "2 d"],
  [7 * DAY - 1000, "7 d"],
])("%d ms are about %s", (ms, words) => {
  const { n, unit } = roughTime(ms);
  expect(`${n} ${unit}`).toBe(words);
});

test("what is told is never further off than half of its unit", () => {
  const length = { s: 1000, min: MINUTE, h: HOUR, d: DAY };
  fc.assert(
    fc.property(fc.nat(400 * DAY), (ms) => {
      const { n, unit } = roughTime(ms);
      expect(Math.abs(n * length[unit] - ms)).toBeLessThanOrEqual(length[unit] / 2);
    }),
  );
});
