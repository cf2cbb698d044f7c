import { expect, test } from "vitest";
import { picksOf } from "./candidates.ts";

const extent = (items: number, holding: { readonly [stem: string]: number }) => ({
  ...{ items, words: items * 10, last: items * 2 },
  holding: new Map(Object.entries(holding)),
});
const stemsOf = (...asked: Parameters<typeof picksOf>) => picksOf(...asked).stems;

test("in a small home every known stem picks, the rarest first", () => {
  expect(stemsOf("sqlite", ["the", "tea", "lost"], extent(1000, { the: 900, tea: 3 }))).toEqual(["tea", "the"]);
});

test("in a big one what nearly everything holds picks only where there is nothing else", () => {
  expect(stemsOf("sqlite", ["the", "tea"], extent(10_000, { the: 9000, tea: 3 }))).toEqual(["tea"]);
  expect(stemsOf("sqlite", ["the"], extent(10_000, { the: 9000 }))).toEqual(["the"]);
});

test("what a question may take is bounded: its rarest stems pick, as far as that goes, and always one", () => {
  const holding = { a: 200_000, b: 30_000, c: 10_000, d: 15_000, e: 1, f: 2000 };
  const big = extent(1_000_000, holding);
  expect(stemsOf("sqlite", ["a", "b", "c", "d", "e"], big)).toEqual(["e", "c", "d"]);
  expect(stemsOf("sqlite", ["a"], big)).toEqual(["a"]);
  expect(picksOf("postgres", ["a", "b", "c", "d", "e", "f"], big)).toMatchObject({ stems: ["e", "f", "c"], alone: 2 });
});

test("of one that stands nearly everywhere only the last places are looked at", () => {
  expect(picksOf("sqlite", ["a"], extent(1_000_000, { a: 200_000 })).above).toBe(1_500_000);
  expect(picksOf("postgres", ["a"], extent(1_000_000, { a: 200_000 })).above).toBe(1_950_000);
  expect(picksOf("sqlite", ["a"], extent(1_000_000, { a: 50_000 })).above).toBe(0);
  expect(picksOf("sqlite", [], extent(0, {})).above).toBe(0);
});
