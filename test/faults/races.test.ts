import { sql } from "kysely";
import { expect, test } from "vitest";
import { eachEngine, postgres } from "../kit/databases.ts";
import { othersWait } from "../kit/locks.ts";
import { lockChat, taskFor } from "../../src/store/people/access.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { endRun } from "../../src/store/endings/run.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { cancelIn, cancelTask, patchTask, retryTask } from "../../src/store/tasks/change.ts";
import { getTask, listTasks } from "../../src/store/tasks/read.ts";
import { ensureUsers } from "../../src/store/people/users.ts";

const DONE = { state: "completed", message: "Task completed", result: "42" } as const;
const FAILED = { state: "failed", message: "Task failed", reason: "no", code: "test" } as const;
const conflict = { code: "conflict" };

eachEngine("two at the same moment", (engine) => {
  test.each([
    { what: "cancels", act: cancelTask },
    {
      what: "changes",
      act: (...[store, user, id]: Parameters<typeof cancelTask>) => patchTask(store, user, id, { priority: 5 }),
    },
    { what: "retries", act: retryTask },
  ])("F65: who $what a task while its worker completes it finds it completed", async ({ act }) => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task } = await addTask(store, owner, { instruction: "x" });
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    if (claimed === undefined) throw new Error("nothing to claim");
    const late: Promise<unknown>[] = [];
    await store.transact(async (tx) => {
      await lockChat(tx, task.chatId);
      late.push(act(store, owner, task.id).catch((error: unknown) => error));
      await othersWait(store);
      const fence = { runId: claimed.run.id, lease: claimed.lease };
      await endRun(tx, claimed.run.id, DONE, { fence, readSeq: Number.MAX_SAFE_INTEGER });
    });
    expect(await Promise.all(late)).toMatchObject([conflict]);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "completed", result: "42", attempts: 1 });
  });

  test("F65: two who retry the task that both saw failed make one run, though the first of them has failed meanwhile", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task } = await addTask(store, owner, { instruction: "x" });
    const fail = async () => {
      const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
      if (claimed === undefined) throw new Error("nothing to claim");
      await store.transact((tx) => endRun(tx, claimed.run.id, FAILED, { readSeq: Number.MAX_SAFE_INTEGER }));
    };
    await fail();
    const { attempts } = await getTask(store, owner, task.id);
    const asks = await Promise.allSettled([1, 2].map(() => retryTask(store, owner, task.id, { attempts })));
    expect(asks.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await fail();
    await expect(retryTask(store, owner, task.id, { attempts })).rejects.toMatchObject(conflict);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "failed", attempts: attempts + 1 });
  });

  test.each(["adds", "changes"])(
    "F38: who $0 a task to wait for one that completes just now finds it released",
    async (what) => {
      const store = await engine.store();
      const { owner } = await ensureUsers(store);
      const { task: first } = await addTask(store, owner, { instruction: "first" });
      const other = await addTask(store, owner, { instruction: "another", runAt: "2999-01-01T00:00:00Z" });
      const { task: waits } = await addTask(store, owner, { instruction: "waits", dependsOn: [other.task.id] });
      const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
      if (claimed === undefined) throw new Error("nothing to claim");
      const late: Promise<string>[] = [];
      await store.transact(async (tx) => {
        const fence = { runId: claimed.run.id, lease: claimed.lease };
        await endRun(tx, claimed.run.id, DONE, { fence, readSeq: Number.MAX_SAFE_INTEGER });
        late.push(
          what === "adds"
            ? addTask(store, owner, { instruction: "second", dependsOn: [first.id] }).then(({ task }) => task.id)
            : patchTask(store, owner, waits.id, { dependsOn: [first.id] }).then((task) => task.id),
        );
        await othersWait(store);
      });
      const [id = ""] = await Promise.all(late);
      expect(await getTask(store, owner, id)).toMatchObject({ status: "pending", attempts: 1 });
    },
  );

  test("F38: a task that waits for two which end at the same moment is let go", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task: a } = await addTask(store, owner, { instruction: "a" });
    const { task: b } = await addTask(store, owner, { instruction: "b" });
    const { task: waits } = await addTask(store, owner, { instruction: "waits", dependsOn: [a.id, b.id] });
    const [first, second] = await claimRuns(store, { kind: "task", limit: 2 });
    const late: Promise<unknown>[] = [];
    await store.transact(async (tx) => {
      await endRun(tx, first?.run.id ?? "", DONE, { readSeq: Number.MAX_SAFE_INTEGER });
      const other = { readSeq: Number.MAX_SAFE_INTEGER };
      late.push(store.transact((its) => endRun(its, second?.run.id ?? "", DONE, other)));
      await othersWait(store);
    });
    await Promise.all(late);
    expect(await getTask(store, owner, waits.id)).toMatchObject({ status: "pending", attempts: 1 });
  });

  test("F65: a waiting task that is cancelled while what it waits for completes stays cancelled", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task: first } = await addTask(store, owner, { instruction: "first" });
    const { task: waits } = await addTask(store, owner, { instruction: "waits", dependsOn: [first.id] });
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    const late: Promise<unknown>[] = [];
    await store.transact(async (tx) => {
      const row = await taskFor(tx.db, owner, "see", waits.id);
      await cancelIn(store, tx, owner, row);
      const options = { readSeq: Number.MAX_SAFE_INTEGER };
      late.push(store.transact((its) => endRun(its, claimed?.run.id ?? "", DONE, options)));
      await othersWait(store);
    });
    await Promise.all(late);
    expect(await getTask(store, owner, first.id)).toMatchObject({ status: "completed" });
    expect(await getTask(store, owner, waits.id)).toMatchObject({ status: "cancelled", attempts: 0 });
  });

  test("who adds a task to a chat, to wait for one there that ends just now, waits for the chat first", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task: first } = await addTask(store, owner, { instruction: "first" });
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    const late: Promise<unknown>[] = [];
    await store.transact(async (tx) => {
      await lockChat(tx, first.chatId);
      late.push(addTask(store, owner, { instruction: "second", chatId: first.chatId, dependsOn: [first.id] }));
      await othersWait(store);
      const query = tx.db.selectFrom("tasks").select("id").where("id", "=", first.id);
      // Held by the other it would fail at once.
      if (tx.kind === "postgres") await query.forUpdate().noWait().execute();
      await endRun(tx, claimed?.run.id ?? "", DONE, { readSeq: Number.MAX_SAFE_INTEGER });
    });
    expect(await Promise.all(late)).toMatchObject([{ task: { status: "pending" } }]);
  });

  test("F40: who adds the same task or chat with one key makes it once", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const eight = Array.from({ length: 8 });
    const tasks = await Promise.all(eight.map(() => addTask(store, owner, { instruction: "x", key: "k" })));
    expect(new Set(tasks.map(({ task }) => task.id)).size).toBe(1);
    expect(tasks.filter(({ created }) => created)).toHaveLength(1);
    const chats = await Promise.all(eight.map(() => createChat(store, owner, { key: "k" })));
    expect(new Set(chats.map(({ chat }) => chat.id)).size).toBe(1);
  });
});

test("F38: who changes what tasks wait for at the same moment makes no circle", async () => {
  const place = await postgres.place();
  const [store, other] = [await postgres.open(place), await postgres.open(place)];
  const { owner } = await ensureUsers(store);
  const add = async (...dependsOn: string[]): Promise<string> =>
    (await addTask(store, owner, { instruction: "x", dependsOn })).task.id;
  const open = await add();
  const [b, d] = [await add(open), await add(open)];
  const [a, c] = [await add(b), await add(d)];
  const late: Promise<unknown>[] = [];
  await other.transact(async (tx) => {
    // Both may read what waits for what; neither writes before the other has read.
    await sql`LOCK TABLE task_deps IN SHARE ROW EXCLUSIVE MODE`.execute(tx.db);
    late.push(patchTask(store, owner, b, { dependsOn: [c] }), patchTask(store, owner, d, { dependsOn: [a] }));
    await othersWait(store, 2);
  });
  const ended = await Promise.allSettled(late);
  expect(ended.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

eachEngine("a task", (engine) => {
  test("F38: is not retried before what it depends on is completed", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { task: first } = await addTask(store, owner, { instruction: "first" });
    const { task: second } = await addTask(store, owner, { instruction: "second", dependsOn: [first.id] });
    const end = async (ending: typeof DONE | typeof FAILED): Promise<void> => {
      const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
      if (claimed === undefined) throw new Error("nothing to claim");
      await store.transact((tx) => endRun(tx, claimed.run.id, ending, { readSeq: Number.MAX_SAFE_INTEGER }));
    };
    await end(FAILED);
    expect(await getTask(store, owner, second.id)).toMatchObject({ status: "failed" });
    await expect(retryTask(store, owner, second.id)).rejects.toMatchObject(conflict);
    await retryTask(store, owner, first.id);
    await expect(retryTask(store, owner, second.id)).rejects.toMatchObject(conflict);
    await end(DONE);
    expect(await retryTask(store, owner, second.id)).toMatchObject({ status: "pending" });
  });

  test.each(["Ärger im Büro", "ärger", "ÀÉ_100%"])("is found by its own words: %s", async (instruction) => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    await addTask(store, owner, { instruction });
    await addTask(store, owner, { instruction: "ÀÉx1000" });
    const found = await listTasks(store, owner, { search: instruction });
    expect(found.items.map((task) => task.instruction)).toEqual([instruction]);
  });
});
