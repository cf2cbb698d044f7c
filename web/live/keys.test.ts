import { expect, test } from "vitest";
import { Keys } from "./keys.ts";

test("the same content has the same key until it is done, whatever was tried between; other content has another", () => {
  const keys = new Keys();
  const first = keys.of({ text: "Look", seq: 3 });
  const other = keys.of({ text: "Look again", seq: 3 });
  expect(other).not.toBe(first);
  expect([keys.of({ text: "Look", seq: 3 }), keys.of({ text: "Look again", seq: 3 })]).toEqual([first, other]);
  expect(keys.of(undefined)).toBe(keys.of(undefined));
  keys.done();
  expect(keys.of({ text: "Look", seq: 3 })).not.toBe(first);
});
