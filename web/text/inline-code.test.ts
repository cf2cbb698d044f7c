import { expect, test } from "vitest";
import { inlineCode } from "./inline-code.ts";

test.each([
  ["no network unless you set `network`, and", ["no network unless you set ", "<network>", ", and"]],
  ["`a` and `b`", ["<a>", " and ", "<b>"]],
  ["``a ` b`` is one", ["<a ` b>", " is one"]],
  ["a ` alone", ["a ` alone"]],
  ["``` fence ```", ["``` fence ```"]],
  ["**stays** <b>", ["**stays** <b>"]],
  ["", []],
])("%j is %j", (line, parts) => {
  expect(inlineCode(line).map(({ isCode, text }) => (isCode ? `<${text}>` : text))).toEqual(parts);
});

test("a long line of backticks is looked through quickly", () => {
  expect(inlineCode("`".repeat(100_000))).toHaveLength(1);
  expect(inlineCode("`a ".repeat(30_000)).length).toBeGreaterThan(1000);
});
