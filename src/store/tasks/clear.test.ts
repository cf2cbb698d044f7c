import { expect, test } from "vitest";
import { eachEngine, type Engine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { listChats } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { claimRuns, type Claimed } from "../runs/claim.ts";
import { endRun } from "../endings/run.ts";
import { checkSchedule, getSchedule, scheduleHistory } from "../schedules/read.ts";
import { createSchedule, runScheduleNow } from "../schedules/change.ts";
import type { Store } from "../database/store.ts";
import { addTask, type NewTask } from "./add.ts";
import { clearTasks } from "./clear.ts";
import { getTask, listTasks, type Task } from "./read.ts";
import { verifyStore } from "../verify/verify.ts";

const DONE = { state: "completed", message: "Task completed", result: "42" } as const;
const gone = { code: "not_found" };

async function claim(store: Store): Promise<Claimed> {
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  return claimed;
}

const complete = (store: Store, { run, lease }: Claimed): Promise<boolean> =>
  store.transact((tx) =>
    endRun(tx, run.id, DONE, { fence: { runId: run.id, lease }, readSeq: Number.MAX_SAFE_INTEGER }),
  );

async function scene(engine: Engine) {
  const store = await engine.store();
  const { owner, ann, bob } = await people(store);
  const add = async (instruction: string, more: Partial<NewTask> = {}): Promise<Task> =>
    (await addTask(store, owner, { instruction, ...more })).task;
  const left = async (): Promise<string[]> =>
    (await listTasks(store, owner)).items.map((task) => `${task.instruction} ${task.status}`).toSorted();
  return { store, owner, ann, bob, add, left };
}

eachEngine("clearing tasks", (engine) => {
  test("what matches goes with its chat, what is being worked on stays, and a dry run only tells", async () => {
    const { store, owner, add, left } = await scene(engine);
    const done = await add("done");
    await complete(store, await claim(store));
    const working = await add("working");
    await claim(store);
    await add("pending");
    await add("waits", { dependsOn: [working.id] });
    const expected = { total: 3, byStatus: { completed: 1, pending: 1, waiting: 1 }, working: 1 };
    const would = await clearTasks(store, owner, { dryRun: true });
    expect(would).toMatchObject({ ...expected, dryRun: true });
    expect(would.items.map((task) => task.instruction).toSorted()).toEqual(["done", "pending", "waits"]);
    expect(await left()).toHaveLength(4);

    expect(await clearTasks(store, owner, {})).toMatchObject({ ...expected, dryRun: false });
    expect(await left()).toEqual(["working in_progress"]);
    await expect(getTask(store, owner, done.id)).rejects.toMatchObject(gone);
    expect((await listChats(store, owner)).items.map((chat) => chat.id)).toEqual([working.chatId]);
    expect(await claimRuns(store, { kind: "task", limit: 9 })).toEqual([]);
    for await (const finding of verifyStore(store)) expect(finding).toBeUndefined();
  });

  test.each([
    { filter: { status: "completed" }, stays: ["b pending", "c pending"] },
    { filter: { search: "42" }, stays: ["b pending", "c pending"] },
    { filter: { status: "failed" }, stays: ["a completed", "b pending", "c pending"] },
    { filter: { before: "2020-01-01T00:00:00Z" }, stays: ["a completed", "b pending", "c pending"] },
    { filter: { since: "2020-01-01T00:00:00Z", search: "b" }, stays: ["a completed", "c pending"] },
    { filter: {}, stays: [] },
  ] as const)("with $filter there stay $stays", async ({ filter, stays }) => {
    const { store, owner, add, left } = await scene(engine);
    await add("a");
    await complete(store, await claim(store));
    await add("b");
    await add("c");
    await clearTasks(store, owner, filter);
    expect(await left()).toEqual(stays);
  });

  test("what was added or has ended since it was shown stays", async () => {
    const { store, owner, add, left } = await scene(engine);
    await add("old");
    await complete(store, await claim(store));
    await add("ends meanwhile");
    const pending = await claim(store);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { at, total } = await clearTasks(store, owner, { dryRun: true });
    expect(total).toBe(1);
    await complete(store, pending);
    await add("new");
    await clearTasks(store, owner, { unchangedSince: at });
    expect(await left()).toEqual(["ends meanwhile completed", "new pending"]);
  });

  test("F16 nothing goes of what one may only watch, or may not see", async () => {
    const { store, ann, bob, add, left } = await scene(engine);
    const task = await add("the owner's");
    await store.db.insertInto("chat_shares").values({ chat_id: task.chatId, user_id: ann.id, can_write: 0 }).execute();
    expect((await listTasks(store, ann)).total).toBe(1);
    for (const user of [ann, bob]) expect(await clearTasks(store, user, {})).toMatchObject({ total: 0, working: 0 });
    expect(await left()).toHaveLength(1);
  });

  test("a chat in which a person is being answered stays, without its task", async () => {
    const { store, owner, add } = await scene(engine);
    const task = await add("done");
    await complete(store, await claim(store));
    await postMessage(store, owner, task.chatId, { text: "And now?" });
    expect(await clearTasks(store, owner, {})).toMatchObject({ total: 1 });
    expect((await listChats(store, owner)).items.map((chat) => chat.id)).toEqual([task.chatId]);
  });

  test("what a worker takes up at the same moment is either cleared or worked on, never both", async () => {
    const { store, owner, add } = await scene(engine);
    const ids: string[] = [];
    for (let at = 0; at < 24; at += 1) ids.push((await add(`#${at}`)).id);
    const [cleared, ...claims] = await Promise.all([
      clearTasks(store, owner, {}),
      ...Array.from({ length: 8 }, () => claimRuns(store, { kind: "task", limit: 1 })),
    ]);
    const working = claims.flat().flatMap(({ task }) => (task === null ? [] : [task.id]));
    const left = (await listTasks(store, owner)).items;
    expect(
      left
        .filter((task) => task.status === "in_progress")
        .map((task) => task.id)
        .toSorted(),
    ).toEqual(working.toSorted());
    expect(cleared.total + left.length).toBe(ids.length);
    for await (const finding of verifyStore(store)) expect(finding).toBeUndefined();
  });

  test("F42 clearing a schedule's tasks makes nothing fire, and its ledger and its chat stay", async () => {
    const { store, owner, left } = await scene(engine);
    const { nextDueAt } = await createSchedule(store, owner, { name: "s", when: "every(1 hour)", prompt: "Look" });
    await runScheduleNow(store, owner, "s");
    await complete(store, await claim(store));
    const second = await runScheduleNow(store, owner, "s");
    expect(await clearTasks(store, owner, { schedule: "s" })).toMatchObject({ total: 2 });
    expect(await left()).toEqual([]);
    expect(await claimRuns(store, { kind: "task", limit: 9 })).toEqual([]);
    const { items } = await scheduleHistory(store, owner, "s", {});
    expect(items.map((item) => item.outcome)).toEqual(["cancelled", "ran"]);
    expect(await getSchedule(store, owner, "s")).toMatchObject({ nextDueAt, state: "enabled" });
    expect(await checkSchedule(store, owner, "s")).toMatchObject({ ok: true });
    expect((await listChats(store, owner)).items.map((chat) => chat.id)).toEqual([second.chatId]);
  });

  test("whoever sees the tasks is told, nobody else, and who watches a chat that goes is told that it is gone", async () => {
    const { store, owner, ann, add } = await scene(engine);
    const tasks = [await add("a"), await add("b"), await add("c")];
    const told: string[] = [];
    let ended = 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
    store.hub.onChanged(({ topic, users }) => void (users.includes(owner.id) && told.push(topic)));
    store.hub.onChanged(({ users }) => expect(users).not.toContain(ann.id));
    for (const { chatId } of tasks)
      store.hub.watch(chatId, { events: () => {}, delta: () => {}, gone: () => void (ended += 1) });
    await clearTasks(store, owner, { status: "pending" });
    expect(ended).toBe(3);
    expect(told.filter((topic) => topic === "schedules")).toEqual([]);
    expect(told).toContain("tasks");
  });

  test("many go part by part, each part in one transaction", async () => {
    const { store, owner, add, left } = await scene(engine);
    await add("kept");
    await complete(store, await claim(store));
    const row = await store.db.selectFrom("tasks").selectAll().executeTakeFirstOrThrow();
    const many = Array.from({ length: 120 }, (_, at) => ({ ...row, id: `t${at}`, instruction: "many", run_id: null }));
    await store.db.insertInto("tasks").values(many).execute();
    const parts = [];
    for (let part = 0; part < 4; part += 1) parts.push(await clearTasks(store, owner, { search: "many" }));
    expect(parts.map(({ total, left: more }) => [total, more])).toEqual([
      [50, 70],
      [50, 20],
      [20, 0],
      [0, 0],
    ]);
    expect(await left()).toEqual(["kept completed"]);
  });
});
