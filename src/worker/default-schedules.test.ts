import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startAgent, dataOf } from "../../test/kit/agent.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { addGraph } from "../../test/kit/graph.ts";
import { people } from "../../test/kit/members.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { until } from "../../test/kit/worker.ts";
import { graphTools } from "../builtin-tools/graph.ts";
import { openModel } from "../models/open.ts";
import { selectModel } from "../models/select.ts";
import { getSchedule, listSchedules, scheduleHistory } from "../store/schedules/read.ts";
import { deleteSchedule, patchSchedule, runScheduleNow } from "../store/schedules/change.ts";
import { offerDefaultSchedules, writePrompts } from "./default-schedules.ts";
import { taskTools } from "../builtin-tools/tasks.ts";

vi.setConfig({ testTimeout: 300_000 });

const PROMPTS = join(import.meta.dirname, "../../prompts");

test("the defaults are offered once: what was deleted or changed stays so", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  await offerDefaultSchedules(store, owner);
  const all = await listSchedules(store, owner);
  expect(all.filter((schedule) => schedule.enabled).map((schedule) => schedule.name)).toEqual(["smart_maintenance"]);
  expect(all.map((schedule) => schedule.prompt)).toEqual(all.map(({ name }) => `file(prompts/${name}.md)`));
  expect(
    readdirSync(PROMPTS)
      .filter((name) => name.endsWith(".md"))
      .sort(),
  ).toEqual(all.map(({ name }) => `${name}.md`));
  await deleteSchedule(store, owner, "curiosity");
  await patchSchedule(store, owner, "smart_maintenance", { state: "disabled" });
  await offerDefaultSchedules(store, owner);
  const names = await listSchedules(store, owner);
  expect(names.map((schedule) => schedule.name)).not.toContain("curiosity");
  expect(names.some((schedule) => schedule.enabled)).toBe(false);
});

test("a prompt that its owner edited stays as it is, and one that is gone comes back", async () => {
  const home = await tempHome();
  writePrompts(PROMPTS, home);
  const [edited, gone] = [join(home, "prompts/gardener.md"), join(home, "prompts/curation.md")];
  writeFileSync(edited, "Mine");
  rmSync(gone);
  writePrompts(PROMPTS, home);
  expect(readFileSync(edited, "utf8")).toBe("Mine");
  expect(existsSync(gone)).toBe(true);
});

test("F46 a relative prompt is below the home of the node that runs it, as it is there now", async () => {
  const place = await sqlite.place();
  const homes = [await tempHome(), await tempHome()] as const;
  const store = await sqlite.open(place, { home: homes[0] });
  const { owner } = await people(store);
  writePrompts(PROMPTS, homes[0]);
  await offerDefaultSchedules(store, owner);
  writeFileSync(join(homes[0], "prompts/gardener.md"), "Water the plants");
  expect((await runScheduleNow(store, owner, "gardener")).instruction).toBe("Water the plants");
  await expect(patchSchedule(store, owner, "gardener", { prompt: "file(prompts/none.md)" })).rejects.toThrow(
    `prompt: ${homes[0]}/prompts/none.md cannot be read: there is no such file`,
  );
  await store[Symbol.asyncDispose]();
  const other = await sqlite.open(place, { home: homes[1] });
  await expect(runScheduleNow(other, owner, "gardener")).rejects.toThrow(
    `${homes[1]}/prompts/gardener.md cannot be read: there is no such file`,
  );
});

/** What it looked at, and that the rest takes judgement, which rules do not have. */
const REPORTS = {
  smart_maintenance: /isolated: count 2[^]*Nothing was changed[^]*takes judgement/,
  reflection: /task_list: total [^]*takes judgement/,
  curiosity: /2 nodes and 0 edges[^]*takes judgement/,
  curation: /empty content: count 1[^]*Nothing was changed[^]*takes judgement/,
  gardener: /isolated: count 2[^]*Nothing was changed[^]*takes judgement/,
  alignment: /task_list: total [^]*takes judgement/,
  metacognition: /task_list: total [^]*takes judgement/,
  workflow_discovery: /task_list: total /,
};

eachEngine("the default schedules with the demo model", (engine) => {
  test("each comes to an end with a report of what its tools really gave", async () => {
    const home = await tempHome();
    const store = await engine.store({ home });
    const { owner } = await people(store);
    writePrompts(PROMPTS, home);
    await offerDefaultSchedules(store, owner);
    await addGraph(store, "agent", [
      { type: "person", name: "Ann", content: "" },
      { type: "person", name: "Bob", content: "A friend" },
    ]);
    const model = openModel(selectModel({ model: "demo", modelUrl: null, providers: {} }), { prices: {} });
    const agent = await startAgent(store, { model, tools: [...graphTools(store), ...taskTools(store)] });
    for (const [name, words] of Object.entries(REPORTS)) {
      const { id, chatId } = await runScheduleNow(store, owner, name);
      await until(`the end of ${name}`, async () => {
        const { items } = await scheduleHistory(store, owner, name, {});
        return items[0]?.taskId === id && items[0].endedAt !== null;
      });
      const task = await store.db.selectFrom("tasks").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
      expect(task).toMatchObject({ status: "completed", error: null });
      expect(task.result).toMatch(words);
      const results = await dataOf(store, chatId, "tool_result");
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter((result) => !result.ok)).toEqual([]);
    }
    expect(agent.errors).toEqual([]);
    expect((await getSchedule(store, owner, "gardener")).failures).toBe(0);
  });
});
