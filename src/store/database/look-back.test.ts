import { describe, expect, test } from "vitest";
import { LookBack } from "./look-back.ts";

const HOUR_MS = 3_600_000;
const COMMIT_MS = 5000;
const ALL = Number.MAX_SAFE_INTEGER;

describe("a long way back, of which the latest comes first", () => {
  const now = 1000 * HOUR_MS;

  test("is walked once: what was passed is left out, what comes meanwhile is not", () => {
    const look = new LookBack();
    expect(look.spans(now)).toEqual([{ from: 0, to: ALL }]);
    look.passed(now, 900 * HOUR_MS);
    expect(look.spans(now)).toEqual([
      { from: now - COMMIT_MS, to: ALL },
      { from: 0, to: 900 * HOUR_MS },
    ]);
    look.passed(now + 1, 500 * HOUR_MS);
    expect(look.spans(now + 1)).toEqual([
      { from: now + 1 - COMMIT_MS, to: ALL },
      { from: 0, to: 500 * HOUR_MS },
    ]);
  });

  test("is not forgotten for what came meanwhile", () => {
    const look = new LookBack();
    look.spans(now);
    look.passed(now, 900 * HOUR_MS);
    look.spans(now + 1);
    look.passed(now + 1, now);
    expect(look.spans(now + 2).at(-1)).toEqual({ from: 0, to: 900 * HOUR_MS });
  });

  test("is walked as a whole again after an hour, and when the clock was set back", () => {
    for (const later of [now + HOUR_MS + 1, now - 1]) {
      const look = new LookBack();
      look.spans(now);
      look.passed(now, 900 * HOUR_MS);
      expect(look.spans(later)).toEqual([{ from: 0, to: ALL }]);
    }
  });

  test("ends: from then on only what is new is looked at", () => {
    const look = new LookBack();
    look.spans(now);
    look.passed(now, 900 * HOUR_MS);
    look.looked(now);
    expect(look.spans(now + 1)).toEqual([{ from: now - HOUR_MS, to: ALL }]);
  });

  test("where everything is new has nothing to leave out", () => {
    const look = new LookBack();
    look.spans(now);
    look.passed(now, now - 1);
    expect(look.spans(now)).toEqual([{ from: 0, to: ALL }]);
  });
});
