import { expect, test } from "vitest";
import { shapeOf } from "./shape.ts";

test.each([
  { what: "words", value: "one\ntwo", is: "text" },
  { what: "a number", value: 4, is: "text" },
  { what: "an object", value: { a: 1 }, is: "tree" },
  { what: "JSON as text", value: '{"a": [1, 2]}', is: "tree" },
  { what: "text that begins like JSON", value: "{ not json", is: "text" },
  { what: "a list of numbers", value: [1, 2], is: "tree" },
  {
    what: "a list of equal objects",
    value: [
      { a: 1, b: 2 },
      { b: 3, a: 4 },
    ],
    is: "table",
  },
  { what: "a list of unequal objects", value: [{ a: 1 }, { b: 3 }], is: "tree" },
  { what: "a diff", value: "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", is: "diff" },
  {
    what: "a list of objects that are nested too deeply",
    value: `[{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}]`,
    is: "text",
  },
  { what: "a list with dashes", value: "- a\n+ b\n", is: "text" },
])("$what is shown as $is", ({ value, is }) => expect(shapeOf(value).kind).toBe(is));
