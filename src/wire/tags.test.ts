import { expect, test } from "vitest";
import { tagsIn } from "../core/tags.ts";
import { tagPatchSchema, tagSchema } from "./tags.ts";

test.each([
  ["Garden", "garden"],
  ["  two\n words ", "two words"],
  ["CAFE\u0301", "caf\u00e9"],
  ["😀", "😀"],
])("the tag %j is kept as %j", (typed, kept) => {
  expect(tagSchema.parse(typed)).toBe(kept);
});

test.each(["", "  ", "a,b", "a\u001b[2Jb", "x".repeat(41)])("the tag %j is refused", (typed) => {
  expect(tagSchema.safeParse(typed).success).toBe(false);
});

test("a change names at most 20 tags to add and 20 to take away", () => {
  const tags = Array.from({ length: 21 }, (_, n) => `t${n}`);
  expect(tagPatchSchema.safeParse({ add: tags.slice(1), remove: tags.slice(1) }).success).toBe(true);
  expect(tagPatchSchema.safeParse({ remove: tags }).success).toBe(false);
});

test("tags that were typed with commas between count once each", () => {
  expect(tagsIn(" Work, garden,, WORK ,big  garden")).toEqual(["work", "garden", "big garden"]);
});
