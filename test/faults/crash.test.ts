import { expect, test } from "vitest";
import { postgres, sqlite, type Engine } from "../kit/databases.ts";
import { extent } from "../kit/extent.ts";
import type { Story } from "./crash-checks.ts";
import { dieAndLiveOn, momentsOfOneLife } from "./crash-lives.ts";
import type { Moment } from "./crash-scenario.ts";

// A task's process is killed at every point at which it can make a difference: right before and right after each commit,
// each `tool_start`, and each effect of a tool. `npm run test:sim` leaves no point out, on both engines.

interface Matrix {
  readonly engine: Engine;
  readonly parallel: number;
  /** 1: at every point; 3: at every third. */
  readonly every: number;
}

const MATRICES: readonly Matrix[] = extent.all
  ? [sqlite, postgres].flatMap((engine) => [1, 3, 8].map((parallel) => ({ engine, parallel, every: 1 })))
  : [
      { engine: sqlite, parallel: 1, every: 1 },
      { engine: sqlite, parallel: 3, every: 1 },
      { engine: postgres, parallel: 1, every: 3 },
      { engine: postgres, parallel: 3, every: 3 },
    ];
const PATIENCE_MS = extent.all ? 600_000 : 300_000;

test.each(MATRICES.map((matrix) => ({ ...matrix, kind: matrix.engine.kind })))(
  "F25: a run with $parallel parallel calls, killed at any point, goes on to its one end, with a whole log ($kind, 1 point in $every)",
  async ({ engine, parallel, every }) => {
    const moments = await momentsOfOneLife(engine, parallel);
    expect(moments.filter(({ what }) => what === "event").length).toBeGreaterThan(25);
    for (const what of ["start", "effect"]) {
      expect(moments.filter((moment) => moment.what === what)).toHaveLength(2 * (parallel + 1));
    }
    const some = moments.filter((_, index) => index % every === 0).map((death) => [death]);
    const stories = await dieAndLiveOn(engine, parallel, some);
    expectInteresting(stories, every);
  },
  PATIENCE_MS,
);

/** The deaths fell into what they were meant to fall into. */
function expectInteresting(stories: readonly Story[], every: number): void {
  const count = (is: (story: Story) => boolean): number => stories.filter(is).length;
  expect(count(({ attempts }) => attempts > 1)).toBeGreaterThan(stories.length / 2);
  expect(count(({ unknown }) => unknown > 0)).toBeGreaterThan(0);
  if (every > 1) return;
  expect(count(({ partial }) => partial > 0)).toBeGreaterThan(0);
  // The effect had happened, and nobody will ever know: the one case in which it must not be tried again.
  expect(count(({ unseen }) => unseen > 0)).toBeGreaterThan(2);
  expect(count(({ unknown, unseen }) => unknown > unseen)).toBeGreaterThan(0);
}

const event = (when: Moment["when"], n: number): Moment => ({ when, what: "event", n });

test(
  "F25: a run killed again and again, also while it is being recovered, goes on all the same (sqlite)",
  async () => {
    const deaths = [11, 15].map((n) => [event("after", n), event("before", 4), event("after", 6)]);
    const stories = await dieAndLiveOn(sqlite, 3, deaths);
    expect(Math.max(...stories.map((story) => story.attempts))).toBeGreaterThan(2);
  },
  PATIENCE_MS,
);
