import { expect, test } from "vitest";
import { axisOf } from "./axis.ts";

const wait = (from: number, to: number | null) => ({ is: "wait" as const, from, to });

test("without a pause time goes evenly from the beginning to the end", () => {
  const axis = axisOf([], 1000, 11_000);
  expect([1000, 6000, 11_000].map(axis)).toEqual([0, 0.5, 1]);
  expect([0, 99_000].map(axis)).toEqual([0, 1]);
});

test("a night of waiting takes an eighth of the axis at most, and the work on both sides keeps its proportions", () => {
  const night = 8 * 3_600_000;
  const axis = axisOf([wait(10_000, 10_000 + night)], 0, 20_000 + night);
  const [before, after] = [axis(10_000), axis(10_000 + night)];
  expect(after - before).toBeLessThan(0.125);
  expect(after - before).toBeGreaterThan(0.05);
  expect(1 - after).toBeCloseTo(before, 9);
  expect(axis(5000)).toBeCloseTo(before / 2, 9);
});

test("an instant is never left of an earlier one, also within a wait that still lasts", () => {
  const axis = axisOf([wait(500, 9500), wait(20_000, null)], 0, 90_000);
  const places = Array.from({ length: 181 }, (_, n) => axis(n * 500));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBe(0);
  expect(places.at(-1)).toBe(1);
});
