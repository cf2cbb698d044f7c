import { expect, test } from "vitest";
import { decideInstants, restMs, type DueInstant } from "./catch-up.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const NOW = 100 * DAY;

/** Instants so many seconds ago; `p` in front: the schedule was paused then, `b`: it rested after a failure. */
const due = (...seconds: (number | string)[]): DueInstant[] =>
  seconds.map((each) => {
    const [, held = "", ago = ""] = /^([pb]?)(\d+)$/.exec(String(each)) ?? [];
    return { at: NOW - Number(ago) * 1000, held: held === "p" ? "paused" : held === "b" ? "backoff" : null };
  });

test.each([
  { when: "one is due just now", instants: due(0), policy: "skip", is: ["run"] },
  { when: "one was found a minute late", instants: due(60), policy: "skip", is: ["run"] },
  { when: "one was found later", instants: due(61), policy: "skip", is: ["down"] },
  { when: "one was found later", instants: due(61), policy: "latest", is: ["caught up"] },
  { when: "one was found later", instants: due(61), policy: "all", is: ["caught up"] },
  {
    when: "nobody was there for 50 s of every 10",
    instants: due(50, 40, 30, 20, 10, 0),
    policy: "skip",
    is: ["down", "down", "down", "down", "down", "run"],
  },
  {
    when: "nobody was there for 50 s of every 10",
    instants: due(50, 40, 30, 20, 10, 0),
    policy: "latest",
    is: ["down", "down", "down", "down", "down", "run"],
  },
  {
    when: "nobody was there for 20 s of every 10",
    instants: due(20, 10, 0),
    policy: "all",
    is: ["caught up", "caught up", "caught up"],
  },
  {
    when: "nobody was there for hours",
    instants: due(9000, 5400, 1800),
    policy: "latest",
    is: ["down", "down", "caught up"],
  },
  {
    when: "nobody was there for hours",
    instants: due(9000, 5400, 1800),
    policy: "all",
    is: ["caught up", "caught up", "caught up"],
  },
  {
    when: "more were missed than are wanted",
    instants: due(900, 800, 700, 600),
    policy: "all",
    most: 2,
    is: ["policy", "policy", "caught up", "caught up"],
  },
  { when: "the newest is too old", instants: due(172_800, 90_000), policy: "latest", is: ["down", "policy"] },
  { when: "some are too old", instants: due(172_800, 3600), policy: "all", is: ["policy", "caught up"] },
  { when: "it was paused", instants: due("p900", "p0"), policy: "all", is: ["paused", "paused"] },
  {
    when: "it was paused until just now",
    instants: due("p900", "p800", 0),
    policy: "latest",
    is: ["paused", "paused", "run"],
  },
  {
    when: "it rested and nobody was there",
    instants: due("b900", 800, 700),
    policy: "latest",
    is: ["backoff", "down", "caught up"],
  },
  {
    when: "the newest are not among them",
    instants: due(900, 800, 0),
    policy: "latest",
    more: true,
    is: ["down", "down", "down"],
  },
] as const)("with $policy, when $when, it becomes $is", ({ instants, policy, is, ...rest }) => {
  const { most = 100, more = false } = { ...rest } as { most?: number; more?: boolean };
  const decisions = decideInstants(instants, { policy, most, maxAgeMs: DAY }, NOW, more);
  expect(decisions.map(({ at }) => at)).toEqual(instants.map(({ at }) => at));
  expect(decisions.map((each) => (each.what === "skip" ? each.reason : each.caughtUp ? "caught up" : "run"))).toEqual(
    is,
  );
});

test("the rest after a failure doubles from a minute to an hour", () => {
  expect([1, 2, 3, 6, 7, 8, 50].map((failures) => restMs(failures) / MINUTE)).toEqual([1, 2, 4, 32, 60, 60, 60]);
});
