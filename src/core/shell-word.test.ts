import { expect, test } from "vitest";
import { shellWords } from "../cli/console/shell-words.ts";
import { shellWord } from "./shell-word.ts";

test.each([
  ["memory", "memory"],
  ["my server", "'my server'"],
  ["it's", `'it'\\''s'`],
  ["$(reboot)", "'$(reboot)'"],
  ["", "''"],
])("%j is written %s, and read back as it was", (text, word) => {
  expect(shellWord(text)).toBe(word);
  expect(shellWords(`sparky ${word} x`)).toEqual(["sparky", text, "x"]);
});
