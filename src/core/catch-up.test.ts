import { expect, test } from "vitest";
import { decideInstants, DueInstants, restMs, type CatchUp, type DueInstant } from "./catch-up.ts";

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
] as const)("with $policy, when $when, it becomes $is", ({ instants, policy, is, ...rest }) => {
  const { most = 100 } = { ...rest } as { most?: number };
  const decisions = decideInstants(instants, { policy, most, maxAgeMs: DAY }, NOW);
  expect(decisions.map(({ at }) => at)).toEqual(instants.map(({ at }) => at));
  expect(decisions.map((each) => (each.what === "skip" ? each.reason : each.caughtUp ? "caught up" : "run"))).toEqual(
    is,
  );
});

test("the rest after a failure doubles from a minute to an hour", () => {
  expect([1, 2, 3, 6, 7, 8, 50].map((failures) => restMs(failures) / MINUTE)).toEqual([1, 2, 4, 32, 60, 60, 60]);
});

const stretchesOf = (instants: readonly DueInstant[], catchUp: Partial<CatchUp> = {}, over: readonly number[] = []) => {
  const found = new DueInstants({ policy: "latest", most: 10, maxAgeMs: DAY, ...catchUp }, NOW);
  for (const instant of instants) {
    if (over.includes(instant.at)) found.passOver(instant.at);
    else found.add(instant);
  }
  return found.stretches().map((stretch) => {
    if (stretch.what === "run") return stretch.caughtUp ? "caught up" : "run";
    expect(stretch.each === null ? Infinity : stretch.each.length).toBe(
      stretch.each === null ? Infinity : stretch.count,
    );
    return `${stretch.reason} ×${stretch.count}${stretch.each === null ? " in one" : ""}`;
  });
};
const every10 = (from: number, to: number): DueInstant[] =>
  Array.from({ length: (from - to) / 10 }, (_, i) => ({ at: NOW - (from - i * 10) * 1000, held: null }));

test("however many are missed, they come to what few would, and a long stretch is one row", () => {
  expect(stretchesOf(every10(10_000, 0))).toEqual(["down ×999", "run"]);
  expect(stretchesOf(every10(10_020, 0))).toEqual(["down ×1001 in one", "run"]);
  expect(stretchesOf(every10(3_888_000, 0))).toEqual(["down ×388799 in one", "run"]);
  expect(stretchesOf(every10(3_888_000, 0), { policy: "skip" })).toEqual(["down ×388799 in one", "run"]);
  expect(stretchesOf(every10(60_000, 0), { policy: "all", most: 3 })).toEqual([
    "policy ×5996 in one",
    ...Array.from({ length: 4 }, () => "caught up"),
  ]);
  const paused = every10(60_000, 30_000).map(({ at }): DueInstant => ({ at, held: "paused" }));
  expect(stretchesOf([...paused, ...every10(30_000, 0)])).toEqual(["paused ×3000 in one", "down ×2999 in one", "run"]);
});

test("no stretch goes across an instant that has its row", () => {
  const all = every10(30_000, 0);
  expect(stretchesOf(all, {}, [all[1500]?.at ?? 0, all[2990]?.at ?? 0])).toEqual([
    "down ×1500 in one",
    "down ×1489 in one",
    "down ×8",
    "run",
  ]);
});
