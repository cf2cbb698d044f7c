import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { addTask } from "./add.ts";
import { patchTask } from "./change.ts";
import { getTask, listTasks } from "./read.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse("2026-11-29T09:00:30Z");
const at = (ms: number): string => new Date(ms).toISOString();

eachEngine("a task's time", (engine) => {
  test("that is over is refused, with the time that it is, and nothing is added; the minute that has begun is taken", async () => {
    const clock = testClock(NOW);
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const words = "runAt: 2026-11-29T08:59:00.000Z lies in the past: it is 2026-11-29T09:00:30.000Z now";
    const late = addTask(store, ann, { instruction: "Too late", runAt: at(NOW - 90_000) });
    await expect(late).rejects.toMatchObject({
      code: "invalid_input",
      message: words,
      hint: expect.stringContaining("later time"),
    });
    expect(await listTasks(store, ann)).toMatchObject({ total: 0 });
    const { task } = await addTask(store, ann, { instruction: "Now", runAt: at(NOW - 30_000) });
    expect(task).toMatchObject({ status: "pending", runAt: "2026-11-29T09:00:00.000Z" });
  });

  test("that is over by now is no reason to refuse what was added with its key before", async () => {
    const clock = testClock(NOW);
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const asked = { instruction: "Once", runAt: at(NOW + HOUR), key: "once" };
    const { task } = await addTask(store, ann, asked);
    clock.step(2 * HOUR);
    expect(await addTask(store, ann, asked)).toMatchObject({ task: { id: task.id }, created: false });
    await expect(addTask(store, ann, { ...asked, key: "another" })).rejects.toThrow("lies in the past");
  });

  test("is not changed to one that is over, and may be said again as it is", async () => {
    const clock = testClock(NOW);
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "Later", runAt: at(NOW + HOUR) });
    clock.step(2 * HOUR);
    const early = patchTask(store, ann, task.id, { runAt: at(NOW + HOUR - 1) });
    await expect(early).rejects.toMatchObject({ code: "invalid_input" });
    await patchTask(store, ann, task.id, { runAt: at(NOW + HOUR), priority: 3 });
    expect(await getTask(store, ann, task.id)).toMatchObject({ runAt: at(NOW + HOUR), priority: 3 });
    expect(await patchTask(store, ann, task.id, { runAt: null })).toMatchObject({ runAt: null });
  });
});
