import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { USUAL } from "../../src/core/preferences.ts";
import type { AwayItem } from "../../src/wire/away.ts";
import { Notifier, type NotifierDeps } from "./notifier.ts";

const NOON = Date.parse("2026-01-01T12:00:00.000Z");
const MINUTE = 60_000;
/** Longer than anything waits until it is told of. */
const SETTLED_MS = 5000;

beforeEach(() => void vi.useFakeTimers({ now: NOON }));

let made = 0;
const item = (at: number, part: Partial<AwayItem> = {}): AwayItem => ({
  ...{
    kind: "failed",
    chatId: "c",
    seq: ++made,
    at: new Date(at).toISOString(),
    runId: "r",
    taskId: null,
    title: "Tea",
  },
  ...{ reason: null, approvalId: null, questionId: null, expiresAt: null, schedule: null, tookMs: 1000, ...part },
});

/** A tab, with what it is told, shows by the browser and plays. */
function tab(deps: Partial<NotifierDeps> = {}) {
  const outside: string[] = [];
  let tones = 0;
  const told = new Set<string>();
  const notifier = new Notifier({
    now: () => Date.now(),
    ticks: () => performance.now(),
    timeOfDay: () => "12:00",
    isVisible: () => true,
    hasFocus: () => true,
    isOwn: () => false,
    looksAt: () => false,
    isHeld: () => false,
    claim: async (keys) => keys.filter((key) => !told.has(key) && told.add(key)),
    mayShowOutside: () => true,
    showOutside: ({ title }) => {
      outside.push(title);
      return () => outside.push(`closed ${title}`);
    },
    sound: () => void (tones += 1),
    ...deps,
  });
  onTestFinished(() => {
    notifier[Symbol.dispose]();
    vi.useRealTimers();
  });
  const titles = (): string[] => notifier.toasts().flatMap(({ items }) => items.map(({ title }) => title));
  return { notifier, outside, titles, tones: () => tones };
}
const wanted = { ...USUAL, "notify.browser": true, "notify.sound": true };

test.each([
  { clock: "right", aheadMs: 0 },
  { clock: "ahead", aheadMs: 10 * MINUTE },
  { clock: "behind", aheadMs: -10 * MINUTE },
])("what happened just before the page was opened is news where the browser's clock is $clock", async ({ aheadMs }) => {
  let hasAnswered = false;
  // The server's time is known by its answers: before the first one it is the browser's own.
  const { notifier, titles } = tab({ now: () => Date.now() + (hasAnswered ? 0 : aheadMs) });
  await vi.advanceTimersByTimeAsync(20_000);
  hasAnswered = true;
  const news = item(NOON - 50_000, { title: "just before" });
  notifier.update([item(NOON - 2 * MINUTE, { title: "long before" }), news], wanted);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect(titles()).toEqual(["just before"]);
  // What is found later is compared with when the page was opened, not with when it was found.
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  notifier.update([news, item(NOON, { title: "found late" })], wanted);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect(titles()).toEqual(["just before", "found late"]);
});

test("in quiet hours the page tells, but neither the browser nor a sound does", async () => {
  const quiet = { ...wanted, "notify.quiet": "11:00-13:00" };
  const hushed = tab({ hasFocus: () => false });
  hushed.notifier.update([item(NOON)], quiet);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect([hushed.titles(), hushed.outside, hushed.tones()]).toEqual([["Tea"], [], 0]);
  const awake = tab({ hasFocus: () => false, timeOfDay: () => "13:00" });
  awake.notifier.update([item(NOON)], quiet);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect([awake.titles(), awake.outside, awake.tones()]).toEqual([["Tea"], ["Failed: Tea"], 1]);
});

test("a sound is heard once for what came together, and only by who wants one", async () => {
  const loud = tab();
  loud.notifier.update([item(NOON), item(NOON)], wanted);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect([loud.titles().length, loud.tones()]).toEqual([2, 1]);
  const silent = tab();
  silent.notifier.update([item(NOON)], { ...wanted, "notify.sound": USUAL["notify.sound"] });
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect([silent.titles().length, silent.tones()]).toEqual([1, 0]);
});

test("a hidden page is told nothing until somebody looks at it; that there is something is heard once", async () => {
  let isVisible = false;
  const hidden = tab({ isVisible: () => isVisible, mayShowOutside: () => false });
  hidden.notifier.update([item(NOON)], wanted);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect([hidden.titles(), hidden.outside, hidden.tones()]).toEqual([[], [], 1]);
  isVisible = true;
  await hidden.notifier.flush();
  expect([hidden.titles(), hidden.tones()]).toEqual([["Tea"], 1]);
});

test("what needs nobody goes by itself, but not from under the pointer or the focus; what failed stays", async () => {
  let isHeld = true;
  const { notifier, titles } = tab({ isHeld: () => isHeld });
  notifier.update([item(NOON, { kind: "completed", title: "done" }), item(NOON, { title: "failed" })], wanted);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(titles()).toEqual(["done", "failed"]);
  isHeld = false;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(titles()).toEqual(["failed"]);
});

test("what was seen on another device is told no more, wherever it is shown", async () => {
  const { notifier, titles, outside } = tab({ hasFocus: () => false });
  const [one, other] = [item(NOON, { title: "one" }), item(NOON, { title: "other" })];
  notifier.update([one, other], wanted);
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect([titles(), outside]).toEqual([["one", "other"], ["2 things happened"]]);
  notifier.update([other], wanted);
  expect([titles(), outside]).toEqual([["other"], ["2 things happened"]]);
  notifier.update([], wanted);
  expect([titles(), outside]).toEqual([[], ["2 things happened", "closed 2 things happened"]]);
});
