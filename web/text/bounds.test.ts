import { expect, test } from "vitest";
import { blocksIn, isParseable } from "./bounds.ts";

test.each([
  { what: "quotes in quotes", block: `${">".repeat(5000)} a` },
  { what: "quotes with blanks between", block: `${"> ".repeat(100)}a` },
  { what: "lists in lists on one line", block: `${"- ".repeat(5000)}a` },
  { what: "numbered lists in lists", block: `${"1. ".repeat(500)}a` },
  {
    what: "lists in lists by indentation",
    block: Array.from({ length: 200 }, (_, n) => `${" ".repeat(n * 2)}- a`).join("\n"),
  },
  { what: "lists and quotes by turns", block: `${"> 1. - ".repeat(30)}a` },
  { what: "quotes below what is code, not a fence", block: `    \`\`\`\n\n${">".repeat(3000)} a` },
  { what: "quotes below words that only look like a fence", block: `\`\`\` a\`b\n${">".repeat(3000)} a` },
  { what: "quotes behind the end of a fence in a list", block: `- \`\`\`\n  \`\`\`\n${">".repeat(3000)} a` },
  { what: "quotes behind a fence in a comment", block: `<!--\n\`\`\`\n-->\n${">".repeat(3000)} a` },
  { what: "quotes behind a fence of the other kind", block: `~~~\n\`\`\`\n~~~\n${">".repeat(3000)} a` },
  { what: "notes in notes", block: `${"[^a]: ".repeat(500)}a` },
  { what: "brackets", block: "[".repeat(20_000) },
  { what: "emphasis", block: "*a**b".repeat(5000) },
  { what: "a table of ten thousand columns", block: `${"|a".repeat(10_000)}|\n${"|-".repeat(10_000)}|` },
  { what: "addresses", block: "http://a.b ".repeat(5000) },
  { what: "a megabyte in one line", block: "word ".repeat(200_000) },
  { what: "lines without end", block: "a\n".repeat(5000) },
])("F104: $what are shown as they are, without being parsed", ({ block }) => expect(isParseable(block)).toBe(false));

test.each([
  { what: "a paragraph", block: "Some *words* with a [link](https://a.test)." },
  { what: "a long paragraph", block: "Words and more words. ".repeat(2000) },
  { what: "ten lists in lists", block: Array.from({ length: 10 }, (_, n) => `${" ".repeat(n * 4)}- a`).join("\n") },
  { what: "a conversation quoted ten times over", block: `${"> ".repeat(10)}a` },
  { what: "a table of two hundred rows", block: `|a|b|\n|-|-|\n${"|1|2|\n".repeat(200)}` },
  {
    what: "a program, however many marks it has",
    block: `\`\`\`js\n${"if (a[0] * b[1]) { c(`x`); }\n".repeat(3000)}\`\`\``,
  },
  {
    what: "a program right below its words, with a shorter fence in it",
    block: `So:\n\`\`\`\`md\n\`\`\`\n${"if (a[0] * b[1]) { c(`x`); }\n".repeat(3000)}\`\`\`\`\nThat is it.`,
  },
  { what: "deeply indented code", block: `\`\`\`\n${" ".repeat(200)}- a\n\`\`\`` },
  { what: "a rule", block: "---" },
])("$what is parsed", ({ block }) => expect(isParseable(block)).toBe(true));

test("a long text is drawn in portions, each of at least one block, until there is no more", () => {
  const blocks = ["x".repeat(300_000), ...Array.from({ length: 1000 }, () => "a")];
  expect([0, 1, 2, 3, 4, 5].map((portions) => blocksIn(blocks, portions))).toEqual([0, 1, 401, 801, 1001, 1001]);
  expect(blocksIn([], 1)).toBe(0);
});
