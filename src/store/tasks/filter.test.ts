import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { addTask } from "./add.ts";
import { listTasks } from "./read.ts";

eachEngine("the list of tasks", (engine) => {
  test("of 10,000 each is on exactly one page, the newest first, and the count is exact", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await addTask(store, owner, { instruction: "One" });
    const row = await store.db.selectFrom("tasks").selectAll().executeTakeFirstOrThrow();
    // Seven at the same instant: their order is that of their ids.
    const many = Array.from({ length: 9999 }, (_, at) => ({
      ...row,
      id: `t${(at * 7919) % 9999}`,
      run_id: null,
      status: at % 3 === 0 ? ("failed" as const) : ("completed" as const),
      created_at: row.created_at - Math.floor(at / 7) - 1,
    }));
    for (let at = 0; at < many.length; at += 500) {
      await store.db
        .insertInto("tasks")
        .values(many.slice(at, at + 500))
        .execute();
    }
    const seen: { id: string; createdAt: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await listTasks(store, owner, { limit: 500, cursor });
      expect(page.total).toBe(10_000);
      seen.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(10_000);
    expect(new Set(seen.map((task) => task.id)).size).toBe(10_000);
    const times = seen.map((task) => task.createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect((await listTasks(store, owner, { status: "failed", limit: 1 })).total).toBe(3333);
    expect((await listTasks(store, ann, {})).total).toBe(0);

    const since = new Date(row.created_at - 100).toISOString();
    const before = new Date(row.created_at - 99).toISOString();
    expect((await listTasks(store, owner, { since, before })).total).toBe(7);
    expect((await listTasks(store, owner, { since })).total).toBe(701);
    expect((await listTasks(store, owner, { before: since })).total).toBe(10_000 - 701);
  });

  test("is narrowed to what people, schedules or runs have added", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const added = new Map<string, string>();
    for (const by of ["person", "schedule", "run", "a run of a schedule"]) {
      added.set(by, (await addTask(store, ann, { instruction: by })).task.id);
    }
    const change = (by: string, columns: { schedule?: string; parent_run?: string }) =>
      store.db
        .updateTable("tasks")
        .set(columns)
        .where("id", "=", added.get(by) ?? "")
        .execute();
    await change("schedule", { schedule: "hourly" });
    await change("run", { parent_run: "r" });
    await change("a run of a schedule", { parent_run: "r", schedule: "hourly" });
    const by = async (origin: "person" | "schedule" | "run") =>
      (await listTasks(store, ann, { origin })).items.map(({ instruction }) => instruction).toSorted();
    expect(await by("person")).toEqual(["person"]);
    expect(await by("schedule")).toEqual(["schedule"]);
    expect(await by("run")).toEqual(["a run of a schedule", "run"]);
    expect((await listTasks(store, ann, { origin: "person", status: "failed" })).total).toBe(0);
  });
});
