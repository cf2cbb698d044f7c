import { expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = "deep";
  for (let n = 0; n < depth; n++) value = wrap(value);
  return value;
};

test("a value is indented, and brackets in its texts do not count", () => {
  expect(prettyJson({ a: [1, "[[[{{{"] })).toBe('{\n  "a": [\n    1,\n    "[[[{{{"\n  ]\n}');
  expect(prettyJson({ a: "[".repeat(100) })).toContain("\n  ");
  expect(prettyJson(undefined)).toBe("");
});

test.each([
  { what: "lists", wrap: (inner: unknown) => [inner] },
  { what: "objects", wrap: (inner: unknown) => ({ in: inner }) },
  { what: "lists of objects", wrap: (inner: unknown) => [{ in: inner }, 1] },
])("F104: of $what as deep as they come the text does not outgrow the value", ({ wrap }) => {
  for (const depth of [100, 1000, 3000]) {
    const value = nested(depth, wrap);
    expect(prettyJson(value).length).toBeLessThan(40 * depth);
    expect(prettyJson(value)).toContain("deep");
  }
  // Whether it can be told at all depends on the stack: it is never an exception.
  expect(prettyJson(nested(100_000, wrap))).toMatch(/deep/);
});
