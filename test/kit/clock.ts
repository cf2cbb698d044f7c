import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";

export interface TestClock extends Clock {
  /** Moves time on and calls what falls due, in order, letting the work that each call starts go on in between. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock without calling anything: an operator or NTP stepping it. */
  step(ms: number): void;
  /** What has passed, whatever the clock was set to. */
  elapsed(): number;
  /** How many calls are still waiting for their time. */
  readonly pending: number;
}

/** A clock that stands still until the test moves it. */
export function testClock(start: number = Date.UTC(2026, 0, 5, 9)): TestClock {
  let now = start;
  // Timers count on `elapsed`, not on the wall clock, as the system's do.
  let elapsed = 0;
  let timers: { readonly due: number; readonly fn: () => void }[] = [];
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { due: elapsed + Math.max(ms, 0), fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(ms) {
      const until = elapsed + ms;
      await setImmediate();
      for (;;) {
        const next = timers.reduce((a, b) => (b.due < a.due ? b : a), { due: Infinity, fn: () => {} });
        if (next.due > until) break;
        timers = timers.filter((timer) => timer !== next);
        now += next.due - elapsed;
        elapsed = next.due;
        next.fn();
        await setImmediate();
      }
      now += until - elapsed;
      elapsed = until;
      await setImmediate();
    },
    step(ms) {
      now += ms;
    },
    elapsed: () => elapsed,
    get pending() {
      return timers.length;
    },
  };
}
