import { expect, test } from "vitest";
import { Window, Windows } from "./window.ts";

test("F87 a conversation leaves room for instructions, tools and the answer, in small windows too", () => {
  expect(new Window(100_000).room(1000)).toBe(70_000);
  expect(new Window(8000).room(4000)).toBe(2800);
  expect(new Window(1000).room(5000)).toBe(200);
});

test("F87 what the provider counts corrects the estimate, and small differences change nothing", () => {
  const window = new Window(10_000);
  window.counted(1000, 1030);
  window.counted(1000, 900);
  expect(window.room(0)).toBe(7000);
  window.counted(1000, 2000);
  expect(window.room(0)).toBe(3500);
  // A count without what was cached is not believed below half of the estimate.
  window.counted(1000, 3);
  expect(window.room(0)).toBe(14_000);
});

test.each([
  { says: "a limit below what was sent", limit: 8192, room: 5734 },
  { says: "no limit", limit: null, room: 8400 },
  { says: "a limit that our own count had kept to", limit: 40_000, room: 8400 },
])("F87 a refusal that says $says makes the next request shorter", ({ limit, room }) => {
  const window = new Window(32_000);
  expect(window.refused(20_000, 100, limit)).toBe(true);
  expect(window.room(100)).toBe(room);
});

test("F87 when the instructions and tools alone do not fit there is nothing left to leave out", () => {
  const window = new Window(4000);
  let times = 0;
  while (window.refused(3000, 1500, null) && times < 20) times++;
  expect(times).toBeLessThan(5);
});

test("F87 each model at each server has a window of its own", () => {
  const windows = new Windows();
  const facts = { id: "compatible/m", provider: "compatible at http://a", contextTokens: 10_000 };
  windows.of(facts).refused(9000, 10, 4000);
  expect(windows.of(facts).room(0)).toBe(2800);
  expect(windows.of({ ...facts, provider: "compatible at http://b" }).room(0)).toBe(7000);
});

test("F87 what a server says of its window is believed when it says something new, and a guess never undoes it", () => {
  const window = new Window(16_000, true);
  window.state({ tokens: 20_000, isGuess: true });
  expect(window.size).toEqual({ window: 16_000, windowGuessed: true });
  window.state({ tokens: 8192, isGuess: true });
  expect(window.size).toEqual({ window: 8192, windowGuessed: true });
  window.state({ tokens: 32_000, isGuess: false });
  expect(window.size).toEqual({ window: 32_000 });
  window.refused(30_000, 100, 8000);
  window.state({ tokens: 32_000, isGuess: false });
  window.state({ tokens: 4096, isGuess: true });
  expect(window.size).toEqual({ window: 8000 });
  window.state({ tokens: 64_000, isGuess: false });
  expect(window.size).toEqual({ window: 64_000 });
});
