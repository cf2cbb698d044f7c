import { expect, onTestFinished, test, vi } from "vitest";
import { DiffTime, diffOf } from "./tool-diff.ts";

test("what one answer compares has a time in all: what comes after it is told as taken away and added", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const time = new DiffTime();
  const given: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    await time.spend(async (mostMs) => {
      given.push(mostMs);
      vi.advanceTimersByTime(150);
    });
  }
  expect(given).toEqual([40, 40, 40, 0]);
  expect(await diffOf("same\nold\n", "same\nnew\n")).toBe("  same\n- old\n+ new");
  expect(await diffOf("same\nold\n", "same\nnew\n", 0)).toBe("- same\n- old\n+ same\n+ new");
});
