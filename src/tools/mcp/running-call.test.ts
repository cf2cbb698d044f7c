import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunningCall } from "./running-call.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const DAYS_MS = 3 * 86_400_000;

/** It never answers by itself. */
function started(): RunningCall {
  const call = new RunningCall(1000, 5000, []);
  call.run(
    () => new Promise(() => {}),
    () => {},
  );
  return call;
}

test("a call without a sign of life is ended, and one with them at its longest time", () => {
  const silent = started();
  vi.advanceTimersByTime(1001);
  expect(silent.signal.aborted).toBe(true);
  const lively = started();
  for (let n = 0; n < 5; n += 1) {
    vi.advanceTimersByTime(900);
    lively.progressed();
  }
  expect(lively.signal.aborted).toBe(false);
  vi.advanceTimersByTime(900);
  expect(lively.signal.aborted).toBe(true);
});

test("while somebody is asked nothing ends it, signs of life neither, and what time they took is not its own", async () => {
  const call = started();
  vi.advanceTimersByTime(500);
  const reply = call.ask({ message: "Which?" });
  vi.advanceTimersByTime(DAYS_MS);
  call.progressed();
  vi.advanceTimersByTime(DAYS_MS);
  expect(call.signal.aborted).toBe(false);
  call.answer({ action: "decline" });
  expect(await reply).toEqual({ action: "decline" });
  vi.advanceTimersByTime(900);
  expect(call.signal.aborted).toBe(false);
  vi.advanceTimersByTime(101);
  expect(call.signal.aborted).toBe(true);
});
