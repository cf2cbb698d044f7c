import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// On a busy machine everything takes long. A test waits for what it is about; what it must time runs on a clock that it
// holds (`testClock`), and its limits only end a hang.

const root = join(import.meta.dirname, "../..");
/** The runner's limit for a test, and the least patience of anything that is waited for. */
const LEAST_MS = 60_000;

const sources = globSync(["src/**/*.test.ts", "test/**/*.ts", "web/**/*.test.{ts,tsx}"], { cwd: root })
  // Those are killed, or time out, for the test's sake.
  .filter((path) => !path.endsWith("-child.ts"))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

const found = (pattern: RegExp, isWrong: (match: RegExpMatchArray) => boolean): string[] =>
  sources.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].filter(isWrong).map((match) => `${path}: ${match[0].trim()}`),
  );

const number = (text: string | undefined): number => Number(text?.replaceAll("_", ""));
const isShort = (match: RegExpMatchArray): boolean => number(match[1]) < LEAST_MS;

test("F119: no test measures how long something took", () => {
  expect(sources.length).toBeGreaterThan(200);
  expect(found(/expect\((?:[^\n]*- *)?(?:performance|Date)\.now\(\)[^\n]*\.toBeLess[^\n]*/g, () => true)).toEqual([]);
});

test("F119: what a test waits for may take a minute and more", () => {
  expect(found(/^ *\}, (\d[\d_]*)\);$/gm, isShort)).toEqual([]);
  expect(found(/(?:testTimeout|hookTimeout): (\d[\d_]*)/g, isShort)).toEqual([]);
  expect(found(/\b(?:timeoutMs|patienceMs|WAIT_MS|PATIENCE_MS) = (\d[\d_]*)/g, isShort)).toEqual([]);
  expect(found(/\buntil\([^\n]*, (\d[\d_]*)\);/g, isShort)).toEqual([]);
  expect(found(/(?:waitFor|waitUntil|poll|toPass)\([^\n]*timeout: (\d[\d_]*)/g, isShort)).toEqual([]);
});
