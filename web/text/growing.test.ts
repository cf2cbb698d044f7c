import { expect, test } from "vitest";
import { mended } from "./growing.ts";

test.each([
  { what: "bold words", block: "It is **very", is: "It is **very**" },
  { what: "a link", block: "See [the page](https://a", is: "See the page" },
  { what: "the first line of a table", block: "So:\n\n| a | b |", is: "So:\n\n" },
  { what: "half the second line of a table", block: "| a | b |\n|--", is: "" },
  { what: "a table", block: "| a | b |\n|---|---|", is: "| a | b |\n|---|---|" },
  { what: "a table with rows", block: "| a | b |\n|---|---|\n| 1 | **2", is: "| a | b |\n|---|---|\n| 1 | **2**" },
  { what: "words", block: "Just words", is: "Just words" },
])("$what, cut off: nothing is painted as marks", ({ block, is }) => expect(mended(block).trim()).toBe(is.trim()));
