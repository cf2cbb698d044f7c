import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { foldChat } from "../../core/chat-view.ts";
import { addTask } from "../tasks/add.ts";
import { cancelTask, deleteTask, patchTask, retryTask } from "../tasks/change.ts";
import { createChat, deleteChat, getChat, listChats } from "../chats/chats.ts";
import { readEvents } from "../log/events.ts";
import { postMessage } from "../chats/messages.ts";
import { claimRuns, LEASE_MS, renewLeases, type Claimed } from "./claim.ts";
import { endRun, handBack } from "../endings/run.ts";
import { checkpoint, fenceOf, recordStep } from "./record.ts";
import { sweepRuns } from "../endings/sweep.ts";
import { forceCancel, requestStop } from "../endings/stop.ts";
import type { Store } from "../database/store.ts";
import { getTask, listTasks } from "../tasks/read.ts";
import { activeRuns, taskCounts } from "../overview/status.ts";
import { ensureUsers } from "../people/users.ts";
import type { User } from "../people/user.ts";
import { NO_REQUEST } from "../../../test/kit/no-request.ts";

const DONE = { state: "completed", message: "Task completed", result: "42" } as const;

async function setUp(store: Store) {
  const { owner, agent } = await ensureUsers(store);
  return { owner, agent };
}

async function claimOne(store: Store, kind: "turn" | "task"): Promise<Claimed> {
  const [claimed] = await claimRuns(store, { kind, limit: 1 });
  if (claimed === undefined) throw new Error(`no ${kind} to claim`);
  return claimed;
}

const complete = (store: Store, { run, lease }: Claimed, readSeq = Number.MAX_SAFE_INTEGER) =>
  store.transact((tx) => endRun(tx, run.id, DONE, { fence: { runId: run.id, lease }, readSeq }));

const states = async (store: Store, chatId: string) =>
  (await readEvents(store.db, chatId, { types: ["status"] })).flatMap((e) =>
    e.type === "status" ? [e.data.state] : [],
  );

async function member(store: Store, name: string): Promise<User> {
  const email = `${name}@sparky.invalid`;
  const at = store.kind === "sqlite" ? new Date(0).toISOString() : new Date(0);
  const email_verified = store.kind === "sqlite" ? 1 : true;
  await store.db
    .insertInto("user")
    .values({ id: name, name, email, email_verified, role: "member", created_at: at, updated_at: at })
    .execute();
  return { id: name, name, role: "member" };
}

eachEngine("a run", (engine) => {
  test("of a task goes from queued to completed, with its chat, its instruction and its task in step", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { task } = await addTask(store, owner, { instruction: "Check knowledge graph stats" });
    expect(task).toMatchObject({ status: "pending", attempts: 1, ownerId: owner.id });
    expect(await states(store, task.chatId)).toEqual(["queued"]);
    const claimed = await claimOne(store, "task");
    expect(claimed.task?.id).toBe(task.id);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "in_progress" });
    expect((await activeRuns(store, owner)).map((run) => run.current)).toEqual(["calling the model"]);
    expect(await complete(store, claimed)).toBe(true);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "completed", result: "42" });
    const events = await readEvents(store.db, task.chatId);
    expect(events.map((event) => event.type)).toEqual(["chat", "chat", "status", "message", "status", "status"]);
    expect(events[3]).toMatchObject({ taskId: task.id, actor: { id: owner.id }, data: { role: "user" } });
    expect(foldChat(events).runs.get(claimed.run.id)).toMatchObject({ state: "completed", attempt: 1 });
    expect(await taskCounts(store, owner)).toMatchObject({ completed: 1, total: 1 });
  });

  test("F39: is claimed by exactly one of sixteen workers", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    for (let i = 0; i < 24; i++) await addTask(store, owner, { instruction: `task ${i}` });
    const claims = await Promise.all(Array.from({ length: 16 }, () => claimRuns(store, { kind: "task", limit: 3 })));
    const ids = claims.flat().map((claimed) => claimed.run.id);
    expect(ids).toHaveLength(24);
    expect(new Set(ids).size).toBe(24);
  });

  test("is the only one at work in its chat, however many claim at once", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { chat } = await createChat(store, owner, {});
    for (let i = 0; i < 5; i++) await addTask(store, owner, { instruction: `task ${i}`, chatId: chat.id });
    for (let left = 5; left > 0; left--) {
      const claims = await Promise.all(Array.from({ length: 6 }, () => claimRuns(store, { kind: "task", limit: 2 })));
      const [only, ...more] = claims.flat();
      expect(more).toEqual([]);
      if (only === undefined) throw new Error("nothing was claimed");
      await complete(store, only);
    }
    expect((await listTasks(store, owner, { status: "completed" })).total).toBe(5);
  });

  test("is claimed by priority, then age, and not before its time", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const add = (instruction: string, more: object = {}) => addTask(store, owner, { instruction, ...more });
    await add("old");
    await add("urgent", { priority: 5 });
    await add("later", { runAt: "2999-01-01T00:00:00.000Z", priority: 9 });
    await add("young");
    const order = (await claimRuns(store, { kind: "task", limit: 10 })).map((claimed) => claimed.task?.instruction);
    expect(order).toEqual(["urgent", "old", "young"]);
  });

  test("whose worker lost its lease writes nothing more", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { task } = await addTask(store, owner, { instruction: "work" });
    const ghost = await claimOne(store, "task");
    await store.transact((tx) => handBack(tx, ghost.run.id, "crash"));
    const heir = await claimOne(store, "task");
    expect(heir.lease).toBe(ghost.lease + 1);
    const before = await readEvents(store.db, task.chatId);
    const events = [
      {
        type: "thought",
        data: { text: "boo" },
        runId: ghost.run.id,
        taskId: task.id,
        step: 1,
        actor: { kind: "agent", id: "agent", name: "agent" },
      },
    ] as const;
    const fenced = { code: "fenced" };
    await expect(store.append({ chatId: task.chatId, events, fence: fenceOf(ghost) })).rejects.toMatchObject(fenced);
    await expect(complete(store, ghost)).rejects.toMatchObject(fenced);
    const usage = { model: "m", inputTokens: 1, outputTokens: 1, durationMs: 1 };
    const step = { step: 1, readSeq: 1, provider: "p", model: "m", request: NO_REQUEST, messages: "[]", events, usage };
    await expect(recordStep(store, ghost, step)).rejects.toMatchObject(fenced);
    expect(await checkpoint(store, ghost, [{ part: "1.1", ord: 1, kind: "message", text: "x" }])).toBe(false);
    expect(await readEvents(store.db, task.chatId)).toEqual(before);
    expect(await recordStep(store, heir, step)).toHaveLength(1);
  });

  test("F25: that a crash left at work is queued again at the next start, with what it had shown", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner } = await setUp(first);
    const { task } = await addTask(first, owner, { instruction: "work" });
    const lost = await claimOne(first, "task");
    await checkpoint(first, lost, [{ part: "1.1", ord: 1, kind: "message", text: "I was about to" }]);
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place);
    expect(await sweepRuns(second)).toBe(engine.kind === "sqlite" ? 1 : 0);
    if (engine.kind === "postgres") {
      // Another node's lease has to run out first, by the database's clock.
      await second.db.updateTable("runs").set({ lease_until: 1 }).execute();
      expect(await sweepRuns(second)).toBe(1);
    }
    expect(await sweepRuns(second)).toBe(0);
    const heir = await claimOne(second, "task");
    await complete(second, heir);
    const events = await readEvents(second.db, task.chatId);
    expect(await states(second, task.chatId)).toEqual(["queued", "starting", "interrupted", "resumed", "completed"]);
    expect(events.find((e) => e.type === "message" && e.data.partial)).toMatchObject({
      data: { text: "I was about to", part: "1.1" },
    });
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
  });

  test("F109: whose log cannot be read is taken back or ended like any other", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const bad = await addTask(store, owner, { instruction: "bad", priority: 1 });
    const good = await addTask(store, owner, { instruction: "good" });
    await claimRuns(store, { kind: "task", limit: 2 });
    await store.db
      .insertInto("events")
      .values({ chat_id: bad.task.chatId, seq: 99, type: "tool_use", at: 0, run_id: null, task_id: null, body: "{}" })
      .execute();
    await store.db.updateTable("runs").set({ boot_id: "gone", lease_until: 1 }).execute();
    await store.db.updateTable("runs").set({ state: "stopping" }).where("task_id", "=", bad.task.id).execute();
    expect(await sweepRuns(store)).toBe(2);
    expect(await getTask(store, owner, bad.task.id)).toMatchObject({ status: "cancelled" });
    expect((await claimOne(store, "task")).task?.id).toBe(good.task.id);
  });

  test("that loses its worker again and again ends as failed, with the reason", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { task } = await addTask(store, owner, { instruction: "poison" });
    for (let i = 0; i < 10; i++) {
      await claimOne(store, "task");
      await store.db.updateTable("runs").set({ boot_id: "gone", lease_until: 1 }).execute();
      expect(await sweepRuns(store)).toBe(1);
    }
    expect(await getTask(store, owner, task.id)).toMatchObject({
      status: "failed",
      error: expect.stringContaining("crash 10 times"),
    });
  });

  test("is cancelled at once when it is queued, and told when it works; the force ends it with its open calls", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { task } = await addTask(store, owner, { instruction: "queued" });
    expect(await cancelTask(store, owner, task.id)).toMatchObject({ working: false });
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "cancelled", error: "cancelled by owner" });
    await expect(cancelTask(store, owner, task.id)).rejects.toMatchObject({ code: "conflict" });

    const { chat } = await createChat(store, owner, {});
    await postMessage(store, owner, chat.id, { text: "hello" });
    const claimed = await claimOne(store, "turn");
    const { run } = claimed;
    const call = { callId: "c1", name: "x", args: {}, effect: "external", summary: "" } as const;
    const place = {
      runId: run.id,
      taskId: null,
      step: 1,
      actor: { kind: "agent", id: "agent", name: "agent" },
    } as const;
    await store.append({
      chatId: chat.id,
      events: [{ type: "tool_use", data: call, ...place }],
      fence: fenceOf(claimed),
    });
    const told: string[] = [];
    store.hub.onStop((id) => told.push(id));
    expect(await requestStop(store, owner, { chatId: chat.id })).toEqual({ runId: run.id, working: true });
    expect(told).toEqual([run.id]);
    await forceCancel(store, run.id);
    await expect(complete(store, claimed)).rejects.toMatchObject({ code: "fenced" });
    expect(await states(store, chat.id)).toEqual(["queued", "starting", "stopping", "cancelled"]);
    const view = foldChat(await readEvents(store.db, chat.id));
    expect(view.openCalls).toEqual([]);
    expect(view.runs.get(run.id)).toMatchObject({ state: "cancelled", by: "owner" });
    expect(await requestStop(store, owner, { chatId: chat.id })).toEqual({ runId: null, working: false });
  });

  test("does not complete a turn over an unread message; a task's run leaves it a turn of its own", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { chat } = await createChat(store, owner, {});
    const first = await postMessage(store, owner, chat.id, { text: "one" });
    const turn = await claimOne(store, "turn");
    const second = await postMessage(store, owner, chat.id, { text: "two" });
    expect(second.runId).toBe(first.runId);
    expect(await complete(store, turn, first.seq)).toBe(false);
    expect(await complete(store, turn, second.seq)).toBe(true);

    await addTask(store, owner, { instruction: "work", chatId: chat.id });
    const work = await claimOne(store, "task");
    const third = await postMessage(store, owner, chat.id, { text: "three" });
    expect(third.runId).toBe(work.run.id);
    expect(await complete(store, work, third.seq - 1)).toBe(true);
    const answer = await claimOne(store, "turn");
    expect(answer.run.task_id).toBeNull();
  });

  test("F20: a message sent twice with one key is stored once and has one run", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { chat } = await createChat(store, owner, {});
    const send = () => postMessage(store, owner, chat.id, { text: "hi", key: "k1" });
    const [a, b] = await Promise.all([send(), send()]);
    expect(a).toEqual(b);
    expect(await readEvents(store.db, chat.id, { types: ["message"] })).toHaveLength(1);
    expect(await getChat(store, owner, chat.id)).toMatchObject({ title: "hi", runState: "queued" });
  });
});

eachEngine("a task", (engine) => {
  test("with a key is the same task for its author, and another for somebody else", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const ann = await member(store, "ann");
    const a = await addTask(store, owner, { instruction: "x", key: "k" });
    const b = await addTask(store, owner, { instruction: "x", key: "k" });
    const c = await addTask(store, ann, { instruction: "x", key: "k" });
    expect([a.created, b.created, c.created]).toEqual([true, false, true]);
    expect(b.task.id).toBe(a.task.id);
  });

  test("F38: waits for those it depends on, and fails with the reason when one of them fails", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const one = await addTask(store, owner, { instruction: "one" });
    const two = await addTask(store, owner, { instruction: "two", dependsOn: [one.task.id] });
    const three = await addTask(store, owner, { instruction: "three", dependsOn: [two.task.id] });
    expect(two.task).toMatchObject({ status: "waiting", runId: null });
    expect(await states(store, two.task.chatId)).toEqual(["queued"]);
    await complete(store, await claimOne(store, "task"));
    expect(await getTask(store, owner, two.task.id)).toMatchObject({ status: "pending" });
    await cancelTask(store, owner, two.task.id);
    const failed = await getTask(store, owner, three.task.id);
    expect(failed).toMatchObject({ status: "failed" });
    expect(failed.error).toContain("was cancelled");
    expect(await states(store, three.task.chatId)).toEqual(["queued", "failed"]);
  });

  test("may change until it starts, refuses a cycle, and is retried only when it failed or was cancelled", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { task } = await addTask(store, owner, { instruction: "x" });
    await expect(retryTask(store, owner, task.id)).rejects.toMatchObject({ code: "conflict" });
    expect(await patchTask(store, owner, task.id, { priority: 3 })).toMatchObject({ priority: 3 });
    const waits = await addTask(store, owner, { instruction: "y", dependsOn: [task.id] });
    const also = await addTask(store, owner, { instruction: "z", dependsOn: [waits.task.id] });
    const cycle = patchTask(store, owner, waits.task.id, { dependsOn: [also.task.id] });
    await expect(cycle).rejects.toMatchObject({ code: "invalid_input" });
    await cancelTask(store, owner, task.id);
    expect(await retryTask(store, owner, task.id)).toMatchObject({ status: "pending", attempts: 2, error: null });
    await claimOne(store, "task");
    await expect(patchTask(store, owner, task.id, { priority: 4 })).rejects.toMatchObject({ code: "conflict" });
    expect(await patchTask(store, owner, task.id, { metadata: { a: 1 } })).toMatchObject({ metadata: { a: 1 } });
    await expect(deleteTask(store, owner, task.id)).rejects.toMatchObject({ code: "conflict" });
  });

  test("F16: and its chat do not exist for who may not see them", async () => {
    const store = await engine.store();
    const { owner, agent } = await setUp(store);
    const [ann, bob] = [await member(store, "ann"), await member(store, "bob")];
    const { task } = await addTask(store, ann, { instruction: "secret" });
    const missing = { code: "not_found" };
    await expect(getTask(store, bob, task.id)).rejects.toMatchObject(missing);
    await expect(cancelTask(store, bob, task.id)).rejects.toMatchObject(missing);
    await expect(getChat(store, bob, task.chatId)).rejects.toMatchObject(missing);
    await expect(postMessage(store, bob, task.chatId, { text: "x" })).rejects.toMatchObject(missing);
    await expect(addTask(store, bob, { instruction: "x", dependsOn: [task.id] })).rejects.toMatchObject(missing);
    await expect(addTask(store, bob, { instruction: "x", chatId: task.chatId })).rejects.toMatchObject(missing);
    expect((await listTasks(store, bob)).items).toEqual([]);
    expect((await listChats(store, bob)).items).toEqual([]);
    expect((await listTasks(store, bob, { prefix: task.id.slice(0, 4) })).items).toEqual([]);
    // F19: unattended work is watched by its author, by `agent` itself, and by the instance's owner.
    for (const viewer of [ann, agent, owner]) expect((await getTask(store, viewer, task.id)).id).toBe(task.id);
    const { chat } = await createChat(store, ann, { title: "private" });
    await expect(getChat(store, owner, chat.id)).rejects.toMatchObject(missing);
    const claimed = await claimOne(store, "task");
    const refusal = requestStop(store, bob, { runId: claimed.run.id });
    // Not even the name of the chat in which it works is told.
    await expect(refusal).rejects.toMatchObject({
      ...missing,
      message: expect.stringContaining(claimed.run.id) as string,
    });
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining(claimed.chat.id) as string });
  });

  test("is deleted with its own chat, and its key is free again", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { task } = await addTask(store, owner, { instruction: "x", key: "k" });
    await deleteTask(store, owner, task.id);
    await expect(getTask(store, owner, task.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(getChat(store, owner, task.chatId)).rejects.toMatchObject({ code: "not_found" });
    expect((await addTask(store, owner, { instruction: "x", key: "k" })).created).toBe(true);
  });

  test("that is deleted between two workers is worked on no more, and its chat stays", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { chat } = await createChat(store, owner, {});
    const { task } = await addTask(store, owner, { instruction: "x", chatId: chat.id });
    const { run, lease } = await claimOne(store, "task");
    await store.transact((tx) => handBack(tx, run.id, "shutdown", { runId: run.id, lease }));
    await deleteTask(store, owner, task.id);
    expect(await claimRuns(store, { kind: "task", limit: 1 })).toEqual([]);
    expect((await states(store, chat.id)).at(-1)).toBe("cancelled");
  });

  test("ends when its chat is deleted, and the lists forget it", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    const { chat } = await createChat(store, owner, {});
    await addTask(store, owner, { instruction: "x", chatId: chat.id });
    const claimed = await claimOne(store, "task");
    await deleteChat(store, owner, chat.id);
    await expect(complete(store, claimed)).rejects.toMatchObject({ code: "not_found" });
    expect((await listTasks(store, owner)).items).toEqual([]);
    expect(await claimRuns(store, { kind: "task", limit: 5 })).toEqual([]);
  });
});

eachEngine("a lease", (engine) => {
  test("is renewed while it is held, and known to be lost when it is not", async () => {
    const store = await engine.store();
    const { owner } = await setUp(store);
    await addTask(store, owner, { instruction: "x" });
    const claimed = await claimOne(store, "task");
    const { lease_until } = claimed.run;
    if (engine.kind === "sqlite") return expect(lease_until).toBeNull();
    expect(Number(lease_until)).toBeGreaterThan(Date.now() + LEASE_MS / 2);
    expect(await renewLeases(store, [claimed])).toEqual([]);
    await store.transact((tx) => handBack(tx, claimed.run.id, "crash"));
    expect(await renewLeases(store, [claimed])).toEqual([claimed.run.id]);
  });
});
