import { expect, test } from "vitest";
import { namesHint, nearest } from "./nearest.ts";

const WORDS = ["SPARKY_PORT", "SPARKY_HOST", "LOG_LEVEL", "environment", "exit-codes"];

test.each([
  ["SPARKY_PROT", "SPARKY_PORT"],
  ["sparky_port", "SPARKY_PORT"],
  ["LOGLEVEL", "LOG_LEVEL"],
  ["enviroment", "environment"],
  ["exit-code", "exit-codes"],
  ["SPARKY_MODEL", null],
  ["x", null],
  ["", null],
])("%j means %j", (given, meant) => expect(nearest(given, WORDS)).toBe(meant));

test.each([
  { given: "gardner", names: ["gardener", "tidy"], says: "did you mean gardener?" },
  { given: "gard", names: ["gardener", "tidy"], says: "did you mean gardener?" },
  { given: "gard", names: ["gardener", "gardens"], says: "there are: gardener, gardens" },
  { given: "constructor", names: ["gardener"], says: "there are: gardener" },
  { given: "none", names: [..."123456789"].map((n) => `item-${n}`), says: /^there are: item-1, .*item-8, …$/ },
  { given: "any", names: [], says: null },
])("of $given the hint says $says", ({ given, names, says }) =>
  expect(namesHint(given, names)).toEqual(
    typeof says === "object" && says !== null ? expect.stringMatching(says) : says,
  ),
);
