import fc from "fast-check";
import { expect, test } from "vitest";
import { toBlocks } from "./blocks.ts";

test.each([
  { what: "paragraphs", text: "a\nb\n\nc", blocks: ["a\nb\n", "c"] },
  { what: "a fence with blank lines inside", text: "```js\na\n\nb\n```\n\nc", blocks: ["```js\na\n\nb\n```\n", "c"] },
  { what: "a fence that is not closed yet", text: "x\n\n```\na\n\nb", blocks: ["x\n", "```\na\n\nb"] },
  { what: "a longer fence around a shorter one", text: "````\n```\n\n````\n\nx", blocks: ["````\n```\n\n````\n", "x"] },
  { what: "a loose list", text: "- a\n\n- b\n\nx", blocks: ["- a\n\n- b\n", "x"] },
  { what: "a list item of two paragraphs", text: "1. a\n\n   more\n\n2. b", blocks: ["1. a\n\n   more\n\n2. b"] },
  {
    what: "a definition that reaches across",
    text: "[a]\n\n[a]: https://x.test",
    blocks: ["[a]\n\n[a]: https://x.test"],
  },
  { what: "nothing", text: "", blocks: [] },
])("$what: cut into whole blocks", ({ text, blocks }) => expect(toBlocks(text)).toEqual(blocks));

test("no text is lost, and text added at the end changes only the last block", () => {
  const line = fc.constantFrom("a", "", "- b", "  c", "```", "> d", "1. e", "# f");
  let most = 0;
  fc.assert(
    fc.property(fc.array(line), fc.array(line), (before, more) => {
      const short = toBlocks(before.join("\n"));
      const long = toBlocks([...before, ...more].join("\n"));
      expect(long.join("\n").trimEnd()).toBe([...before, ...more].join("\n").trimEnd());
      expect(long.slice(0, Math.max(0, short.length - 1))).toEqual(short.slice(0, -1));
      most = Math.max(most, short.length);
    }),
    // Enough texts to be sure that some have many blocks.
    { numRuns: 1000, seed: 1 },
  );
  expect(most).toBeGreaterThan(2);
});
