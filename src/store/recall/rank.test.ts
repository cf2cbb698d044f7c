import { describe, expect, test } from "vitest";
import type { Asked } from "./asked.ts";
import { rank, rarityOf, type Candidate, type Extent } from "./rank.ts";

// Values worked out by hand: ten items of ten words each, two of which hold the word.
const EXTENT: Extent = { items: 10, words: 100, holding: new Map([["tea", 2]]) };
const TEA: Asked = { stems: new Map([["tea", 1]]), words: new Map(), author: null, date: null, asksTime: false };

const item = (id: number, tea: number, more: Partial<Candidate> = {}): Candidate => ({
  ...{ id, counts: new Map(tea === 0 ? [] : [["tea", tea]]), length: 10, session: `s${id}`, place: null },
  ...{ author: "ann", at: Date.parse("2026-05-07T12:00Z"), tellsTime: false, onlyAsks: false, linked: [] },
  ...more,
});

const partsOf = (asked: Asked, items: readonly Candidate[], id = 1) =>
  rank(asked, EXTENT, items).find((each) => each.id === id)?.parts;

describe("the score", () => {
  test("of a word's rarity", () => {
    expect(rarityOf(10, 2)).toBeCloseTo(1.481605, 5);
    expect(rarityOf(1, 1)).toBeCloseTo(0.287682, 5);
    expect(rarityOf(1, 5)).toBeGreaterThan(0);
  });

  test("of an item by itself", () => {
    const [only] = rank(TEA, EXTENT, [item(1, 1)]);
    expect(only?.parts.own).toBeCloseTo(1.481605, 5);
    expect(only?.parts.window).toBeCloseTo(1.823513, 5);
    expect(only?.parts.session).toBeCloseTo(0.287682, 5);
    expect(only?.score).toBeCloseTo(2.851997, 5);
    expect(only).toMatchObject({ own: ["tea"], around: [] });
  });

  test("how often a word stands there, and in how long a text, counts", () => {
    expect(partsOf(TEA, [item(1, 3)])?.own).toBeCloseTo((1.481605 * 5.7) / 3.9, 4);
    expect(partsOf(TEA, [item(1, 1, { length: 30 })])?.own).toBeCloseTo((1.481605 * 1.9) / 2.62, 4);
  });

  test("of what stands one and two places beside a hit, in its session alone", () => {
    const placed = (place: number, tea: number, session = "s") => item(place, tea, { session, place });
    const items = [placed(1, 1), placed(2, 0), placed(3, 0), placed(4, 0), placed(5, 0, "later")];
    expect(partsOf(TEA, items, 2)?.window).toBeCloseTo(partsInWindow(0.7, 10 + 7 + 7 + 5), 4);
    expect(partsOf(TEA, items, 3)?.window).toBeCloseTo(partsInWindow(0.5, 10 + 7 + 7 + 5), 4);
    expect(rank(TEA, EXTENT, items).map(({ id, around }) => [id, around])).toEqual([
      [1, []],
      [2, ["tea"]],
      [3, ["tea"]],
    ]);
  });

  test("of what a node is joined to counts half", () => {
    const linked = [{ counts: new Map([["tea", 1]]), length: 10 }];
    expect(partsOf(TEA, [item(1, 0, { linked })])?.window).toBeCloseTo(partsInWindow(0.5, 15), 4);
  });

  test("of a session counts all its loaded items, against the other sessions", () => {
    const items = [item(1, 1, { session: "a", place: 1 }), item(2, 2, { session: "a", place: 9 }), item(3, 0)];
    // ln(1 + (2 - 1 + .5) / 1.5) · 3 · 2.2 / (3 + 1.2)
    expect(partsOf(TEA, items)?.session).toBeCloseTo(0.693147 * (6.6 / 4.2), 5);
  });

  test("a stem that is asked for twice counts twice", () => {
    const twice = { ...TEA, stems: new Map([["tea", 2]]) };
    expect(partsOf(twice, [item(1, 1)])?.own).toBeCloseTo(2 * 1.481605, 5);
  });

  test.each([
    { of: "who said it", asked: { author: { id: "ann", name: "Ann" } }, more: {}, adds: 7 },
    { of: "another who said it", asked: { author: { id: "bob", name: "Bob" } }, more: {}, adds: 0 },
    { of: "the day", asked: { date: { year: 2026, month: 5, day: 7 } }, more: {}, adds: 20 },
    { of: "the month", asked: { date: { year: null, month: 5, day: null } }, more: {}, adds: 10 },
    { of: "a time that is asked for", asked: { asksTime: true }, more: { tellsTime: true }, adds: 7 },
    { of: "a time that nobody asks for", asked: {}, more: { tellsTime: true }, adds: 0 },
    { of: "only a question", asked: {}, more: { onlyAsks: true }, adds: -2.5 },
  ])("$of adds $adds", ({ asked, more, adds }) => {
    const score = rank({ ...TEA, ...asked }, EXTENT, [item(1, 1, more)])[0]?.score;
    expect(score).toBeCloseTo(2.851997 + adds, 5);
  });
});

test("what ties stands by id, and what has no word of it is left out", () => {
  expect(rank(TEA, EXTENT, [item(3, 1), item(1, 1), item(2, 0)]).map(({ id }) => id)).toEqual([1, 3]);
  expect(rank(TEA, { items: 0, words: 0, holding: new Map() }, [item(1, 1)])).toHaveLength(1);
});

const partsInWindow = (tf: number, length: number): number =>
  (1.481605 * tf * 2.2) / (tf + 1.2 * (0.5 + (0.5 * length) / 32));
