import { expect, test } from "vitest";
import { sleep } from "../../src/core/clock.ts";
import { testClock } from "./clock.ts";

test("what falls due is called in order of time, and sees the time it was due at", async () => {
  const clock = testClock(1000);
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
  clock.after(20, note("b"));
  clock.after(10, () => {
    note("a")();
    clock.after(5, note("nested"));
  });
  clock.after(10, note("same time, later call"));
  clock.after(15, note("cancelled"))();
  clock.after(31, note("too late"));
  await clock.advance(30);
  expect(seen).toEqual(["a@1010", "same time, later call@1010", "nested@1015", "b@1020"]);
  expect([clock.now(), clock.pending]).toEqual([1030, 1]);
});

test("work that waits on the clock in a loop goes on while time moves", async () => {
  const clock = testClock(0);
  let turns = 0;
  const loop = (async () => {
    while (turns < 3) {
      await sleep(clock, 1000);
      turns += 1;
    }
  })();
  await clock.advance(2999);
  expect(turns).toBe(2);
  await clock.advance(1);
  await loop;
  expect(turns).toBe(3);
});

test("a stepped wall clock changes no waiting time", async () => {
  const clock = testClock(0);
  let called = false;
  clock.after(100, () => (called = true));
  clock.step(1_000_000);
  await clock.advance(99);
  expect(called).toBe(false);
  await clock.advance(1);
  expect([called, clock.now()]).toEqual([true, 1_000_100]);
});
