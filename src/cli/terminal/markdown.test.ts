import { expect, test } from "vitest";
import { markdown } from "./markdown.ts";

const WIDTH = 80;

test.each([
  { what: "quotes", text: `${">".repeat(5000)} deep` },
  { what: "lists in one line", text: `${"- ".repeat(5000)}deep` },
  {
    what: "lists that go in and in",
    text: Array.from({ length: 2000 }, (_, n) => `${" ".repeat(n)}- deep`).join("\n"),
  },
  { what: "emphasis", text: "*a **deep ".repeat(20_000) },
  { what: "underlines", text: " _a_deep".repeat(20_000) },
  { what: "brackets", text: `${"[".repeat(50_000)}deep` },
  { what: "ticks", text: "`a deep".repeat(20_000) },
  { what: "a table of 10,000 columns", text: `${"|deep".repeat(10_000)}|\n${"|-".repeat(10_000)}|` },
  { what: "1 MB in one line", text: "deep".repeat(250_000) },
])("F104: $what are drawn, in lines that the text is long enough for", ({ text }) => {
  // What must not happen is that this does not come back.
  const lines = markdown(text, WIDTH, "  ");
  expect(JSON.stringify(lines)).toContain("deep");
  expect(lines.length).toBeLessThanOrEqual(text.split("\n").length + Math.ceil((4 * text.length) / WIDTH));
});
