import { expect, test } from "vitest";
import { mentionsIn } from "./mentions.ts";

const NAMES = ["ann", "ann.b", "bob", "c_d-"];
const named = (text: string): readonly string[] => mentionsIn(text, NAMES).map(({ name }) => name);

test.each([
  { text: "@ann look", is: ["ann"] },
  { text: "Look, @bob: done? (@ann) @Ann.", is: ["bob", "ann", "ann"] },
  { text: "@ann.b, not the other; @ann. @ann… @ann's", is: ["ann.b", "ann", "ann", "ann"] },
  { text: "@c_d- and @c_d", is: ["c_d-"] },
  { text: "one\n@ann\n“@bob”", is: ["ann"] },
  { text: "@cleo @an @annie @ @@ann", is: [] },
  { text: "ann@bob.example bob.@ann x@ann /@ann", is: [] },
  { text: "@ann@example.org @ann/core @annä @ann.c", is: [] },
  { text: "@ann:file:///x @ann:readme", is: [] },
  { text: "`@ann` ``a ` @ann`` and @bob", is: ["bob"] },
  { text: "a ` alone, @ann\n\nand ` again @bob", is: ["ann", "bob"] },
  { text: "`two\n@ann lines` @bob", is: ["bob"] },
  { text: "x\n```sh\n@ann\n````\n@bob", is: ["bob"] },
  { text: "~~~\n@ann\n```\n@ann", is: [] },
  { text: "```not a fence` @ann", is: ["ann"] },
  { text: "", is: [] },
])("in “$text” are mentioned: $is", ({ text, is }) => {
  expect(named(text)).toEqual(is);
});

test("a place is that of the name as it was written, in UTF-16 units", () => {
  const text = "👋 @ANN. Hello";
  expect(mentionsIn(text, NAMES).map(({ from, to }) => text.slice(from, to))).toEqual(["@ANN"]);
  expect(mentionsIn(text, [])).toEqual([]);
});

test("a long text of backticks, names and dots is read through once", () => {
  const text = `${"`".repeat(3)}a`.repeat(5000) + " @ann".repeat(5000);
  expect(named(text)).toHaveLength(5000);
  expect(named(`@ann${".".repeat(60_000)}x @bob`)).toEqual(["bob"]);
});
