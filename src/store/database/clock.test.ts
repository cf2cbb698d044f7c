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
  { when: "it is right within what an answer takes", ahead: 40, is: 0 },
])("a node's time is the database's when $when", async ({ ahead, is }) => {
  const base = testClock();
  using clock = new DatabaseClock(base, async () => base.now() + ahead);
  await clock.align();
  expect(clock.now() - base.now()).toBe(is);
});

test("a node's clock that is stepped is noticed within half a minute; no answer, or a slow one, changes nothing", async () => {
  const base = testClock();
  let database = base.now() + 60_000;
  let answer: () => Promise<number> = async () => database;
  using clock = new DatabaseClock(base, () => answer());
  await clock.align();
  const look = async (): Promise<number> => {
    database += 30_000;
    await base.advance(30_000);
    return clock.now() - database;
  };
  answer = () => Promise.reject(new Error("away"));
  expect(await look()).toBe(0);
  answer = async () => {
    base.step(2000);
    database += 2000;
    return database - 999_999;
  };
  expect(await look()).toBe(0);
  answer = async () => database;
  base.step(-3_600_000);
  expect(clock.now() - database).toBe(-3_600_000);
  await look();
  expect(await look()).toBe(0);
});

test("what a node with a wrong clock writes has the database's time", async () => {
  const wrong = testClock(Date.now() - 3_600_000);
  await using store = await openStore(await postgres.place(), { machine: wrong });
  const { owner } = await ensureUsers(store);
  const { task } = await addTask(store, owner, { instruction: "x" });
  expect(Math.abs(Date.parse(task.createdAt) - Date.now())).toBeLessThan(10_000);
});
