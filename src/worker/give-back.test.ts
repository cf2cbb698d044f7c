import { expect, test } from "vitest";
import { testClock } from "../../test/kit/clock.ts";
import { GiveBack } from "./give-back.ts";

const MB = 2 ** 20;

test("garbage is given back while nothing is done, soon after the start and whenever some has gathered", async () => {
  const clock = testClock();
  const memory = { held: 100 * MB, busy: 0, collected: 0 };
  {
    using _giving = new GiveBack(clock, {
      held: () => memory.held,
      collect() {
        memory.held = 90 * MB;
        memory.collected += 1;
      },
      busy: () => memory.busy,
    });
    const after = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      return memory.collected;
    };
    expect(await after(1000)).toBe(1);
    // Not for little.
    memory.held = 95 * MB;
    expect(await after(60_000)).toBe(1);
    // Not while somebody may wait.
    memory.held = 300 * MB;
    memory.busy = 0.5;
    expect(await after(60_000)).toBe(1);
    memory.busy = 0.01;
    expect(await after(1000)).toBe(2);
    // Not again and again.
    memory.held = 300 * MB;
    expect(await after(10_000)).toBe(2);
    expect(await after(10_000)).toBe(3);
  }
  expect(clock.pending).toBe(0);
});
