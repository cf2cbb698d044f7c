import { writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { listSchedules } from "../../store/schedules/read.ts";
import { tickSchedules } from "../../store/schedules/tick.ts";

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
      rule: "cron(0 9 * * 1-5)",
      words: "At 09:00, Monday through Friday",
      timezone: "Europe/Berlin",
    },
  });
  const spoken = { ...body, when: "weekdays at nine" };
  expect(await as(people.owner, "POST", "/api/schedules/preview", spoken)).toEqual(
    await as(people.owner, "POST", "/api/schedules/preview", body),
  );
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

const FORMS = 'say "weekdays at 9:00", or write every(30 minutes), cron(0 9 * * 1-5) or at(2030-01-15T09:00)';

test("a name that is nearly that of a schedule is answered with that one, and never with another's", async () => {
  const store = await sqlite.store();
  const { as, people } = await chatServer(store);
  const body = { name: "gardener", when: "every(1 hour)", prompt: "Water the plants" };
  expect(await as(people.ann, "POST", "/api/schedules", body)).toMatchObject({ status: 201 });
  const enabled = { state: "enabled" };
  const near = await as(people.ann, "PATCH", "/api/schedules/gardner", enabled);
  expect([near.status, near.body.error]).toEqual([
    404,
    { code: "not_found", message: 'schedule "gardner" was not found', hint: "did you mean gardener?" },
  ]);
  expect((await as(people.ann, "GET", "/api/schedules/none")).body.error.hint).toBe("there are: gardener");
  expect((await as(people.bob, "PATCH", "/api/schedules/gardner", enabled)).body.error).not.toHaveProperty("hint");
});

test("each bad setting is refused with the words for what is allowed, and the other schedules go on", async () => {
  const home = await tempHome();
  const clock = testClock();
  const store = await sqlite.store({ clock, home });
  const { as, people } = await chatServer(store);
  const add = (body: object) =>
    as(people.owner, "POST", "/api/schedules", { name: "s", when: "every(1 hour)", prompt: "Look", ...body });
  expect(await add({ name: "taken" })).toMatchObject({ status: 201 });
  writeFileSync(join(home, "empty.md"), " \n");
  const table: readonly (readonly [body: object, message: string, hint?: string])[] = [
    [{ when: "every blue moon" }, '"every blue moon" is not a rule', FORMS],
    [{ when: "every tuesday" }, '"every tuesday" says no time of day', 'say "every tuesday at 9:00"'],
    [{ when: "every(0 minutes)" }, '"every(0 minutes)" is too often', "every(10 seconds) is the shortest interval"],
    [
      { when: "every(1 fortnight)" },
      '"every(1 fortnight)" is not an interval',
      "write every(N seconds|minutes|hours|days)",
    ],
    [{ when: "cron(61 * * * *)" }, "cron(61 * * * *): Invalid value for minute: 61", NEVER],
    [{ when: "cron(* * * * * *)" }, "cron(* * * * * *) is too often", "leave at least 10 seconds between two times"],
    [{ when: "cron(0 0 31 2 *)" }, "cron(0 0 31 2 *) never comes", "check its day against its month"],
    [
      { when: "at(2026-02-29T09:00)" },
      "at(2026-02-29T09:00) is not a time that exists",
      "write at(2030-01-15T09:00), in the schedule's own zone",
    ],
    [
      { when: "at(2026-01-01T09:00)" },
      "at(2026-01-01T09:00) lies in the past: it would never run",
      "it is 2026-01-05T09:00 in UTC now: name a later time",
    ],
    [
      { timezone: "Europe/Atlantis" },
      'timezone: there is no zone "Europe/Atlantis"',
      "use a name such as Europe/Berlin or UTC",
    ],
    [
      { prompt: "file(none.md)" },
      `prompt: ${home}/none.md cannot be read: there is no such file`,
      "name a text file that this server can read",
    ],
    [{ prompt: `file(${home})` }, `prompt: ${home} is a folder, not a file`],
    [{ prompt: "file(empty.md)" }, `prompt: ${home}/empty.md is empty`],
    [{ prompt: " " }, "prompt: must not be empty"],
    [{ name: "a b" }, "name: must be 1 to 100 letters, digits, _, - or ., without spaces"],
    [{ overlap: "run" }, "overlap: must be one of skip, queue, cancel"],
    [{ colour: "red" }, 'unknown field "colour"'],
    [
      { state: "paused", pausedUntil: "2026-01-01T00:00:00Z" },
      "pausedUntil: 2026-01-01T00:00:00.000Z lies in the past: it is 2026-01-05T09:00:00.000Z now",
      "name a later time, or enable it",
    ],
  ];
  for (const [body, message, hint] of table) {
    const { status, body: answer } = await add(body);
    expect([status, answer.error], JSON.stringify(body)).toEqual([
      400,
      {
        code: "invalid_input",
        message,
        ...(hint !== undefined || "hint" in answer.error ? { hint: hint ?? answer.error.hint } : {}),
      },
    ]);
  }
  expect(await add({ name: "taken" })).toMatchObject({
    status: 409,
    body: { error: { code: "conflict", message: 'there is a schedule "taken" already' } },
  });
  expect(
    (await as(people.ann, "POST", "/api/schedules", { name: "s", when: "every(1 hour)", prompt: "file(empty.md)" }))
      .body.error,
  ).toMatchObject({
    code: "forbidden",
    message: "only the owner may use file(…) as a prompt",
  });
  clock.step(60 * MINUTE);
  expect((await tickSchedules(store)).failed).toEqual([]);
  const { body } = await as(people.owner, "GET", "/api/schedules");
  expect(body.items.map((item: { name: string; last: { outcome: string } }) => [item.name, item.last.outcome])).toEqual(
    [["taken", "queued"]],
  );
});

test("a rule in plain words is kept as a rule, read in the schedule's own zone; its prompt can be read, from its file too", async () => {
  const home = await tempHome();
  const store = await sqlite.store({ clock: testClock(Date.parse("2026-01-05T23:30:00Z")), home });
  const { as, people } = await chatServer(store);
  const add = (name: string, more: object) =>
    as(people.owner, "POST", "/api/schedules", { name, when: "tomorrow at 7", prompt: "Look", ...more });
  expect((await add("here", { timezone: "Europe/Berlin" })).body).toMatchObject({ when: "at(2026-01-07T07:00)" });
  expect((await add("there", { timezone: "UTC" })).body).toMatchObject({ when: "at(2026-01-06T07:00)" });
  const patched = await as(people.owner, "PATCH", "/api/schedules/there", { when: "Mondays at 8:30" });
  expect(patched.body).toMatchObject({ when: "cron(30 8 * * 1)", nextDueAt: "2026-01-12T08:30:00.000Z" });
  const unclear = await as(people.owner, "PATCH", "/api/schedules/there", { when: "every day" });
  expect(unclear).toMatchObject({ status: 400, body: { error: { hint: 'say "every day at 9:00"' } } });

  await writeFile(join(home, "words.md"), "Look twice");
  await add("file", { prompt: "file(words.md)" });
  const promptOf = async (name: string, viewer = people.owner) => as(viewer, "GET", `/api/schedules/${name}/prompt`);
  expect(await promptOf("here")).toEqual({ status: 200, body: { text: "Look", file: null, problem: null } });
  expect(await promptOf("file")).toEqual({
    status: 200,
    body: { text: "Look twice", file: "words.md", problem: null },
  });
  expect((await promptOf("file", people.ann)).status).toBe(404);
  await rm(join(home, "words.md"));
  expect(await promptOf("file")).toMatchObject({
    status: 200,
    body: { text: null, file: "words.md", problem: expect.stringContaining("there is no such file") },
  });
});
