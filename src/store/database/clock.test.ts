import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { postgres } from "../../../test/kit/databases.ts";
import { DatabaseClock } from "./clock.ts";
import { openStore } from "../open.ts";
import { addTask } from "../tasks/add.ts";
import { ensureUsers } from "../people/users.ts";

test.each([
  { when: "it is a minute behind", ahead: 60_000, is: 60_000 },
  { when: "it is a minute ahead", ahead: -60_000, is: -60_000 },
  { when: "it is a little behind", ahead: 40, is: 40 },
])("a node's time is the database's when $when", async ({ ahead, is }) => {
  const base = testClock();
  using clock = new DatabaseClock(
    base,
    async () => base.now() + ahead,
    () => base.elapsed(),
  );
  await clock.align();
  expect(clock.now() - base.now()).toBe(is);
});

test("F66 F73 a node's clock that is set, however far, changes nothing; the database's own is followed within half a minute", async () => {
  const base = testClock();
  let database = base.now() + 60_000;
  let slow = 0;
  let answer: () => Promise<number> = async () => database;
  using clock = new DatabaseClock(
    base,
    () => answer(),
    () => base.elapsed() + slow,
  );
  await clock.align();
  const pass = async (ms: number): Promise<number> => {
    database += ms;
    await base.advance(ms);
    return clock.now() - database;
  };
  for (const set of [-3_600_000, 365 * 86_400_000, 7_200_000, -400 * 86_400_000]) {
    base.step(set);
    expect(clock.now() - database).toBe(0);
    expect(await pass(30_000)).toBe(0);
  }
  answer = () => Promise.reject(new Error("away"));
  expect(await pass(30_000)).toBe(0);
  answer = async () => {
    slow += 2000;
    database += 2000;
    return database - 999_999;
  };
  expect(await pass(30_000)).toBe(0);
  answer = async () => database;
  database += 7_200_000;
  expect(await pass(30_000)).toBe(0);
});

test("F73 a machine that slept asks the database as soon as it looks at its clock", async () => {
  const base = testClock();
  let database = base.now();
  using clock = new DatabaseClock(
    base,
    async () => database,
    () => base.elapsed(),
  );
  await clock.align();
  base.step(3_600_000);
  database += 3_600_000;
  expect(clock.now() - database).toBe(-3_600_000);
  await base.advance(0);
  expect(clock.now() - database).toBe(0);
});

test("what a node with a wrong clock writes has the database's time", async () => {
  const before = Date.now();
  const wrong = testClock(before - 3_600_000);
  await using store = await openStore(await postgres.place(), { machine: wrong });
  const { owner } = await ensureUsers(store);
  const { task } = await addTask(store, owner, { instruction: "x" });
  const created = Date.parse(task.createdAt);
  // The clock is no more exact than a round trip, which takes a second at most.
  expect([before - 1000 < created, created < Date.now() + 1000]).toEqual([true, true]);
});
