import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// The faults that this design exists to avoid are numbered F1 to F120. A test that guards against one names its number
// in its title; a fault without a test stands as `test.todo`, so that the gap shows in every run.

const ROOT = join(import.meta.dirname, "../..");
const NUMBERS = Array.from({ length: 120 }, (_, index) => `F${index + 1}`);

const files = ["src", "web", "test"]
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.test\.tsx?$/.test(name) && name !== "test/faults/faults.test.ts");

/** A title is the first string behind a call of `test` or `describe`, or behind the table of `test.each`. */
const TITLE =
  /(?<call>\b(?:test|describe|eachEngine|describeInBrowser)(?:\.\w+)*\((?:\w+\)\()?|\]\)\(|\bas const\)\()\s*["'`](?<title>[^\n]*)/g;

const titles = files.flatMap((file) =>
  [...readFileSync(join(ROOT, file), "utf8").matchAll(TITLE)].map(({ groups }) => ({
    file,
    call: groups?.["call"] ?? "",
    faults: groups?.["title"]?.match(/\bF\d{1,3}\b/g) ?? [],
  })),
);
const named = new Set(titles.flatMap(({ faults }) => faults));
const tested = new Set(titles.filter(({ call }) => !call.includes(".todo")).flatMap(({ faults }) => faults));

test("every known fault is named by a test, or by a test.todo", () => {
  expect(NUMBERS.filter((number) => !named.has(number))).toEqual([]);
});

test("no number is named that is not in the list", () => {
  expect([...named].filter((number) => !NUMBERS.includes(number))).toEqual([]);
  expect(tested.size).toBeGreaterThan(0);
});

test("no test is skipped: a known fault runs as test.fails", () => {
  const skipped = files.filter((file) =>
    /\b(test|describe|it)\.(skip|only)\b/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  expect(skipped).toEqual([]);
  expect(files.length).toBeGreaterThan(5);
});
