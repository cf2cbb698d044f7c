import { expect, test } from "vitest";
import { blocksWithMaths, withMaths } from "./maths-marks.ts";

test.each([
  { what: "a formula between signs", block: "So $x^2$ it is", is: "So $$x^2$$ it is" },
  { what: "a letter", block: "for all $n$ here", is: "for all $$n$$ here" },
  { what: "a formula in brackets", block: "So \\(a_1\\) it is", is: "So $$a_1$$ it is" },
  { what: "a formula on its own line", block: "$$a+b$$", is: "$$\na+b\n$$" },
  { what: "a formula in square brackets", block: "\\[a\\]", is: "\n$$\na\n$$\n" },
  { what: "money", block: "It costs $5 and then $10 more", is: null },
  { what: "money and a formula", block: "For $5: $x^2$.", is: "For $5: $$x^2$$." },
  { what: "code", block: "`$x^2$` and\n```sh\necho $A_B $C_D$\n```", is: null },
  { what: "words", block: "Nothing here", is: null },
])("$what: told as the parser knows it", ({ block, is }) => expect(withMaths(block)).toBe(is));

test("F104: signs without end take no time", () => {
  for (const block of ["$".repeat(20_000), "\\(".repeat(10_000), "$a".repeat(10_000), "\\[".repeat(10_000)]) {
    expect(withMaths(block) === null || block.length > 0).toBe(true);
  }
});

test("F104: of an answer with formulas without end the first are set, and what has none does not count", () => {
  const formula = `$${"x^2+".repeat(1499)}x^2$`;
  expect(blocksWithMaths([formula, "words ".repeat(20_000), formula, formula, formula, "$y$"])).toBe(4);
  expect(blocksWithMaths(["words", formula, "words"])).toBe(3);
});
