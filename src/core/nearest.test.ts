import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

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
