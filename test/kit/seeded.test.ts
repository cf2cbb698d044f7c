import { expect, test } from "vitest";
import { newId } from "../../src/core/ids.ts";
import { seededBytes } from "./seeded.ts";

test("the same seed gives the same ids, another seed others, and no id comes twice", () => {
  const ids = (seed: number) => {
    const random = seededBytes(seed);
    return Array.from({ length: 1000 }, () => newId(random));
  };
  expect(ids(7)).toEqual(ids(7));
  expect(new Set([...ids(7), ...ids(8)]).size).toBe(2000);
});
