import { expect, test } from "vitest";
import { backoffMs, HeadCheck } from "./backoff.ts";

test("waits double up to a cap, and half of each is jitter", () => {
  expect([1, 2, 3, 6, 60].map((attempt) => backoffMs(attempt, 0))).toEqual([250, 500, 1000, 7500, 7500]);
  expect([1, 2, 3, 6, 60].map((attempt) => backoffMs(attempt, 1))).toEqual([500, 1000, 2000, 15_000, 15_000]);
});

test.each([
  {
    when: "it is behind on two pings with no event between",
    pings: [
      [5, 9],
      [5, 9],
    ],
    is: true,
  },
  { when: "it is behind once", pings: [[5, 9]], is: false },
  {
    when: "events came between the pings",
    pings: [
      [5, 9],
      [7, 12],
    ],
    is: false,
  },
  {
    when: "it has caught up",
    pings: [
      [5, 9],
      [9, 9],
    ],
    is: false,
  },
  {
    when: "it was behind, caught up, and is behind again",
    pings: [
      [5, 9],
      [9, 9],
      [9, 10],
    ],
    is: false,
  },
  {
    when: "the server says nothing of the chat",
    pings: [
      [5, undefined],
      [5, undefined],
    ],
    is: false,
  },
] as const)("a subscription is stuck: $is, when $when", ({ pings, is }) => {
  const check = new HeadCheck();
  const answers = pings.map(([cursor, head]) => check.isStuck(cursor, head));
  expect(answers.at(-1)).toBe(is);
});
