import fc from "fast-check";
import { expect, test } from "vitest";
import { foldLines } from "./fold-lines.ts";

test.each([
  {
    what: "the second column of a list goes on below itself",
    text: "  -l, --limit <n>  at most so many of them, newest first",
    at: 45,
    is: "  -l, --limit <n>  at most so many of them,\n                   newest first",
  },
  {
    what: "plain words go on at the edge",
    text: "One two three four five six seven",
    at: 26,
    is: "One two three four five\nsix seven",
  },
  {
    what: "an example stays whole",
    text: '  $ sparky chat send "What is in my memory?"',
    at: 30,
    is: '  $ sparky chat send "What is in my memory?"',
  },
  { what: "a word that is too long stays whole", text: `a ${"b".repeat(40)} c`, at: 30, is: `a\n${"b".repeat(40)}\nc` },
  {
    what: "a column with no room is left to the terminal",
    text: "  a-long-name  some words here",
    at: 28,
    is: "  a-long-name  some words here",
  },
  { what: "a pipe breaks nothing", text: "word ".repeat(99), at: Number.POSITIVE_INFINITY, is: "word ".repeat(99) },
])("$what", ({ text, at, is }) => expect(foldLines(text, at)).toBe(is));

test("no word is lost, and no line with two of them is too long", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });
  let broken = 0;
  fc.assert(
    fc.property(words, fc.integer({ min: 24, max: 90 }), (all, width) => {
      const text = foldLines(all.join(" "), width);
      if (text.includes("\n")) broken++;
      expect(text.split(/\s+/)).toEqual(all);
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    }),
  );
  expect(broken).toBeGreaterThan(10);
});
