import { expect, test } from "vitest";
import { testClock } from "../../test/kit/clock.ts";
import { ConversationDigest } from "./digest.ts";
import { KeptLogs, type ReadLog } from "./kept-logs.ts";
import { Telling } from "./telling.ts";

const logOf = (size: number, texts = 0): ReadLog => ({
  from: 1,
  head: 9,
  most: 9,
  newest: null,
  events: [],
  steps: [],
  ...{ size, texts },
  telling: new Telling(),
  digest: new ConversationDigest(),
});

test("what was read of a log is kept for one run, and for a minute", async () => {
  const clock = testClock();
  const logs = new KeptLogs(clock);
  const log = logOf(10);
  logs.keep("a", log);
  expect(logs.take("a")).toBe(log);
  expect(logs.take("a")).toBeUndefined();
  logs.keep("a", log);
  await clock.advance(59_000);
  logs.sweep();
  logs.keep("b", log);
  await clock.advance(1000);
  logs.sweep();
  expect([logs.take("a"), logs.take("b")]).toEqual([undefined, log]);
});

test("a clock that is set back keeps nothing for longer", () => {
  const clock = testClock();
  const logs = new KeptLogs(clock);
  logs.keep("a", logOf(10));
  clock.step(-3_600_000);
  logs.sweep();
  expect(logs.take("a")).toBeUndefined();
});

test("so much is kept in all: the oldest goes first, and what is too big by itself is not kept", () => {
  const logs = new KeptLogs(testClock());
  for (const id of ["a", "b", "c"]) logs.keep(id, logOf(3_000_000));
  logs.keep("d", logOf(8_000_001));
  // What its files hold is much more than what the log says of them.
  logs.keep("e", logOf(1000, 8_000_000));
  expect(["a", "b", "c", "d", "e"].map((id) => logs.take(id) !== undefined)).toEqual([false, true, true, false, false]);
});
