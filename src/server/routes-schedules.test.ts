import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { chatServer } from "../../test/kit/chat-server.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { listSchedules } from "../store/schedule-read.ts";
import { tickSchedules } from "../store/schedule-tick.ts";

const MINUTE = 60_000;

eachEngine("the list of schedules", (engine) => {
  test("brings the newest rows of each ledger when asked, in as many queries for forty schedules as for one", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { as, people } = await chatServer(store);
    for (let i = 0; i < 40; i++) {
      const body = { name: `s${i}`, when: `every(${i === 0 ? 1 : 2} minutes)`, prompt: "Look", catchUp: "skip" };
      expect(await as(people.owner, "POST", "/api/schedules", body)).toMatchObject({ status: 201 });
    }
    clock.step(10.5 * MINUTE);
    await tickSchedules(store);
    await as(people.owner, "POST", "/api/schedules/s1/run");
    const plain = await as(people.owner, "GET", "/api/schedules");
    expect(plain.body.items).toHaveLength(40);
    expect(plain.body.items.some((item: object) => "recent" in item)).toBe(false);
    const { body } = await as(people.owner, "GET", "/api/schedules?recent=3");
    const [s0, s1] = body.items;
    expect(s0.recent.map((row: { dueAt: string }) => row.dueAt.slice(11, 19))).toEqual([
      "09:10:00",
      "09:09:00",
      "09:08:00",
    ]);
    expect(s0.last).toEqual(s0.recent[0]);
    expect(s1.recent.map((row: { manual: boolean }) => row.manual)).toEqual([true, false, false]);
    expect((await as(people.owner, "GET", "/api/schedules?recent=0")).body.items[0].recent).toEqual([]);
    expect((await as(people.ann, "GET", "/api/schedules?recent=3")).body.items).toEqual([]);

    let queries = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => (queries++, node),
      transformResult: async ({ result }) => result,
    };
    await listSchedules({ ...store, db: store.db.withPlugin(counting) }, people.owner, { recent: 3 });
    expect(queries).toBe(3);
  });
});

const NEVER = "five fields, minute hour day month weekday, or six with the seconds first, as in cron(0 9 * * 1-5)";

test("a rule is shown in words with its next instants, in its zone, before a schedule has it", async () => {
  const store = await sqlite.store({ clock: testClock() });
  const { as, people } = await chatServer(store);
  const body = { when: "cron(0 9 * * 1-5)", timezone: "Europe/Berlin", n: 2 };
  expect(await as(people.owner, "POST", "/api/schedules/preview", body)).toEqual({
    status: 200,
    body: {
      items: [{ dueAt: "2026-01-06T08:00:00.000Z" }, { dueAt: "2026-01-07T08:00:00.000Z" }],
      words: "At 09:00, Monday through Friday",
      timezone: "Europe/Berlin",
    },
  });
  const plain = await as(people.owner, "POST", "/api/schedules/preview", { when: "every(1 hour)" });
  expect(plain.body).toMatchObject({ words: "Every hour", timezone: "UTC" });
  expect(plain.body.items).toHaveLength(5);
  expect((await as(people.owner, "GET", "/api/schedules")).body.items).toEqual([]);
});

test.each([
  { when: "every tuesday" },
  { when: "cron(61 * * * *)", hint: NEVER },
  { when: "cron(0 0 30 2 *)" },
  { when: "at(2020-01-01T09:00)" },
  { when: "at(2026-02-30T09:00)" },
  { when: "every(1 hour)", timezone: "Mars/Olympus" },
  { when: "" },
])("what a preview says of $when is what creating says", async ({ hint, ...rule }) => {
  const store = await sqlite.store({ clock: testClock() });
  const { as, people } = await chatServer(store);
  const previewed = await as(people.owner, "POST", "/api/schedules/preview", rule);
  const created = await as(people.owner, "POST", "/api/schedules", { ...rule, name: "s", prompt: "Look" });
  expect(previewed).toEqual(created);
  expect(previewed).toMatchObject({ status: 400, body: { error: { code: "invalid_input" } } });
  if (hint !== undefined) expect(previewed.body.error.hint).toBe(hint);
});
