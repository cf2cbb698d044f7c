import { expect, test } from "vitest";
import { costOf, parsePrices } from "./price.ts";

test.each([
  ["openai/gpt-5=1.25/10/0.125", { "openai/gpt-5": { input: 1.25, output: 10, cached: 0.125 } }],
  [" a/b=3/15,c/d:8b=0/0 ", { "a/b": { input: 3, output: 15 }, "c/d:8b": { input: 0, output: 0 } }],
  ["", {}],
  ["a/b=3", undefined],
  ["a/b=3/-1", undefined],
  ["a/b=3/15/1/1", undefined],
  ["3/15", undefined],
])("the prices %j are %j", (text, prices) => expect(parsePrices(text)).toEqual(prices));

const TIERED = { input: 2.5, output: 15, above: { tokens: 272_000, input: 5, output: 22.5 } };

test.each([
  { what: "input and output", price: { input: 3, output: 15 }, usage: [1_000_000, 100_000], is: 4.5 },
  { what: "cached input, cheaper", price: { input: 3, output: 15, cached: 0.3 }, usage: [1000, 0, 900], is: 0.00057 },
  {
    what: "cached input without a price of its own",
    price: { input: 3, output: 15 },
    usage: [1000, 0, 900],
    is: 0.003,
  },
  {
    what: "a provider that tells more cached than there was",
    price: { input: 3, output: 15 },
    usage: [10, 0, 99],
    is: 0.00003,
  },
  {
    what: "input that was put into the cache",
    price: { input: 4, output: 20, cached: 0.4, cacheWrite: 5 },
    usage: [1000, 0, 300, 500],
    is: 0.00342,
  },
  {
    what: "input that was put into the cache, without a price of its own",
    price: { input: 4, output: 20, cached: 0.4 },
    usage: [1000, 0, 300, 500],
    is: 0.00292,
  },
  { what: "input just within a bound", price: TIERED, usage: [272_000, 1000, 0], is: 0.695 },
  { what: "whole call above a bound", price: TIERED, usage: [272_001, 1000, 1], is: 1.382505 },
  { what: "nothing at all", price: { input: 0, output: 0 }, usage: [1000, 1000], is: 0 },
])(
  "a step costs its $what",
  ({ price, usage: [inputTokens = 0, outputTokens = 0, cachedTokens, cacheWriteTokens], is }) =>
    expect(
      costOf(price, {
        inputTokens,
        outputTokens,
        ...(cachedTokens !== undefined && { cachedTokens }),
        ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
      }),
    ).toBeCloseTo(is, 9),
);
