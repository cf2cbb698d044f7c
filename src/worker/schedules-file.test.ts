import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chatServer } from "../../test/kit/chat-server.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { people } from "../../test/kit/members.ts";
import { getSchedule, listSchedules, checkSchedule } from "../store/schedules/read.ts";
import { tickSchedules } from "../store/schedules/tick.ts";
import { createSchedule, patchSchedule } from "../store/schedules/change.ts";
import type { Store } from "../store/database/store.ts";
import { applySchedulesFile } from "./schedules-file.ts";

const MINUTE = 60_000;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const FILE = `schedules:
  - name: news
    when: cron(0 9 * * *)
    timezone: Europe/Berlin
    prompt: file(prompts/news.md)
  - name: tidy
    when: every(10 minutes)
    enabled: true
    limits: {steps: 5}
    prompt: Tidy
`;

/** Writes the file into a folder of its own; its path. */
async function fileWith(text: string): Promise<string> {
  const folder = await tempHome();
  mkdirSync(join(folder, "prompts"));
  writeFileSync(join(folder, "prompts/news.md"), "Tell me what is new");
  writeFileSync(join(folder, "schedules.yaml"), text);
  return join(folder, "schedules.yaml");
}

const rulesOf = async (store: Store): Promise<number> =>
  (await store.db.selectFrom("schedule_rules").selectAll().execute()).length;

eachEngine("a file of schedules", (engine) => {
  test("is applied at each start: what it names is made so, once, and the others stay as they are", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    const deps = { store, owner, log: silent, pollMs: 10_000 };
    await createSchedule(store, owner, { name: "mine", when: "every(1 hour)", prompt: "Look" });
    const file = await fileWith(FILE);
    expect(await applySchedulesFile(deps, file)).toEqual([]);
    expect((await listSchedules(store, owner)).map((each) => [each.name, each.when, each.timezone])).toEqual([
      ["mine", "every(1 hour)", "UTC"],
      ["news", "cron(0 9 * * *)", "Europe/Berlin"],
      ["tidy", "every(10 minutes)", Intl.DateTimeFormat().resolvedOptions().timeZone],
    ]);
    expect((await getSchedule(store, owner, "news")).prompt).toBe(`file(${join(file, "../prompts/news.md")})`);

    const before = [await listSchedules(store, owner), await rulesOf(store)];
    clock.step(5 * MINUTE);
    expect(await applySchedulesFile(deps, file)).toEqual([]);
    expect([await listSchedules(store, owner), await rulesOf(store)]).toEqual(before);

    writeFileSync(file, FILE.replace("steps: 5", "steps: 6"));
    await applySchedulesFile(deps, file);
    expect(await getSchedule(store, owner, "tidy")).toMatchObject({ limits: { steps: 6 } });
    expect(await rulesOf(store)).toBe(before[1]);
    writeFileSync(file, FILE.replace("every(10 minutes)", "every(20 minutes)"));
    await applySchedulesFile(deps, file);
    expect(await getSchedule(store, owner, "tidy")).toMatchObject({ when: "every(20 minutes)" });
    clock.step(30 * MINUTE);
    await tickSchedules(store);
    expect(await checkSchedule(store, owner, "tidy")).toMatchObject({ ok: true, due: 1 });
  });

  test("two nodes that start with it at once make each schedule once", async () => {
    const place = await engine.place();
    const a = await engine.open(place);
    const b = engine.kind === "sqlite" ? a : await engine.open(place);
    const { owner } = await people(a);
    const file = await fileWith(FILE);
    const started = [a, b].map((store) => applySchedulesFile({ store, owner, log: silent, pollMs: 10_000 }, file));
    expect(await Promise.all(started)).toEqual([[], []]);
    expect(await rulesOf(a)).toBe(2);
  });

  test("turns on what was off, and leaves a pause: a restart is no reason to go on", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const deps = { store, owner, log: silent, pollMs: 10_000 };
    const file = await fileWith(FILE);
    await applySchedulesFile(deps, file);
    for (const [state, is] of [
      ["disabled", "enabled"],
      ["paused", "paused"],
    ] as const) {
      await patchSchedule(store, owner, "tidy", { state });
      await applySchedulesFile(deps, file);
      expect((await getSchedule(store, owner, "tidy")).state).toBe(is);
    }
  });
});

test("what is wrong in it is told with its place to the owner, and the other schedules go on", async () => {
  const store = await sqlite.store();
  const owner = (await people(store)).owner;
  const errors: string[] = [];
  const log = { ...silent, error: (_: object, message: string) => void errors.push(message) };
  const file = await fileWith(`${FILE}  - name: bad\n    when: cron(61 * * * *)\n    prompt: x\n`);
  rmSync(join(file, "../prompts/news.md"));
  const problems = await applySchedulesFile({ store, owner, log, pollMs: 10_000 }, file);
  expect(problems).toEqual([
    expect.stringMatching(/schedules.yaml:12: bad: cron\(61/),
    expect.stringMatching(/schedules.yaml:5: news: prompt: .*news.md cannot be read/),
  ]);
  expect(errors).toEqual(problems.map((problem) => `SPARKY_SCHEDULES_FILE: ${problem}`));
  const { as, people: users } = await chatServer(store, { scheduleProblems: problems });
  const { body } = await as(users.owner, "GET", "/api/schedules");
  expect(body.items.map((item: { name: string }) => item.name)).toEqual(["tidy"]);
  expect(body.problems).toEqual(problems);
  expect((await as(users.ann, "GET", "/api/schedules")).body).not.toHaveProperty("problems");

  rmSync(file);
  expect(await applySchedulesFile({ store, owner, log, pollMs: 10_000 }, file)).toEqual([
    expect.stringMatching(/schedules.yaml cannot be read: ENOENT/),
  ]);
});
