import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { until } from "../../test/kit/worker.ts";
import { toolContext } from "../../test/kit/tool-context.ts";
import type { Json } from "../core/events.ts";
import { createChat } from "../store/chats/chats.ts";
import type { Store } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";
import { cancelTask } from "../store/tasks/change.ts";
import { getTask, listTasks } from "../store/tasks/read.ts";
import type { User } from "../store/people/user.ts";
import { createRegistry, prepareCall } from "../tools/registry.ts";
import { taskCancel, taskTools } from "./tasks.ts";

/** Calls a tool as a run of the user's chat does. */
async function caller(store: Store, user: User, runId = "run1") {
  const { chat } = await createChat(store, user, {});
  const registry = createRegistry(taskTools(store));
  return async (name: string, args: Json): Promise<Json> => {
    const prepared = prepareCall(registry, name, args);
    if (!prepared.ok) throw new Error(prepared.error);
    const principal = { userId: user.id, name: user.name, isAgent: user.role === "agent" };
    const context = { ...toolContext({ principal, chatId: chat.id, runId }), emit: () => {} };
    if (prepared.kind === "plain") return prepared.execute(context);
    return (await store.transact((tx) => prepared.execute(context, tx))) as Json;
  };
}

eachEngine("the tools for tasks", (engine) => {
  test("a run adds its owner's task, which says which run added it", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const call = await caller(store, ann);
    const added = await call("task_add", { instruction: " Water the plants ", priority: 5, key: "water" });
    expect(added).toMatchObject({ created: true, status: "pending" });
    const { id } = added as { id: string };
    expect(await getTask(store, ann, id)).toMatchObject({
      instruction: "Water the plants",
      priority: 5,
      ownerId: ann.id,
      metadata: { addedByRun: "run1" },
    });
    expect(await call("task_add", { instruction: "Again", key: "water" })).toMatchObject({ id, created: false });
    expect(await call("task_add", { instruction: "Later", dependsOn: [id] })).toMatchObject({ status: "waiting" });
  });

  test("a run adds twenty tasks and no more, also when it asks for many at once", async () => {
    const store = await engine.store();
    const { agent } = await people(store);
    const call = await caller(store, agent);
    const asked = Array.from({ length: 23 }, (_, at) => call("task_add", { instruction: `Task ${at}` }));
    const outcomes = await Promise.allSettled(asked);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.map((each) => String(each.reason))).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining("a run may add 20 tasks, and this one has")),
    );
    expect(await listTasks(store, agent)).toMatchObject({ total: 20 });
    const another = await caller(store, agent, "run2");
    expect(await another("task_add", { instruction: "More" })).toMatchObject({ created: true });
  });

  test("F16: a run lists and depends on what its owner may see, and nothing else", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { task } = await addTask(store, ann, { instruction: `Ann's errand ${"x".repeat(500)}` });
    const [asAnn, asBob] = [await caller(store, ann), await caller(store, bob, "run2")];
    expect(await asAnn("task_list", { status: "pending", search: "ERRAND" })).toMatchObject({
      items: [{ id: task.id, status: "pending", instruction: expect.stringMatching(/^Ann's errand x{286}…$/) }],
      next: null,
      total: 1,
    });
    expect(await asBob("task_list", {})).toEqual({ items: [], next: null, total: 0 });
    const steal = asBob("task_add", { instruction: "After hers", dependsOn: [task.id] });
    await expect(steal).rejects.toMatchObject({ code: "not_found" });
    expect(await listTasks(store, bob)).toMatchObject({ total: 0 });
  });

  test.each([
    { when: "the instruction is blank", args: { instruction: " \n" }, error: "instruction" },
    { when: "the instruction is over 64 KB", args: { instruction: "ü".repeat(32_769) }, error: "at most 64 KB" },
    { when: "the time has no offset", args: { instruction: "a", runAt: "2026-12-01T09:00" }, error: "with its offset" },
    { when: "its time is over", args: { instruction: "a", runAt: "2020-01-01T09:00:00Z" }, error: "lies in the past" },
  ])("task_add is refused with a reason when $when", async ({ args, error }) => {
    const store = await engine.store();
    const { ann } = await people(store);
    const call = await caller(store, ann);
    await expect(call("task_add", args)).rejects.toThrow(error);
    expect(await listTasks(store, ann)).toMatchObject({ total: 0 });
  });

  test("a run reads a task's whole result in pieces, and stops a task of its owner's, once", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const words = "word ".repeat(5000).trim();
    const agent = await startAgent(store, { model: scriptedModel(() => [say(words)]) });
    const { task } = await addTask(store, ann, { instruction: "say much" });
    await until("its end", async () => (await getTask(store, ann, task.id)).status === "completed");
    await agent.stop();
    const asAnn = await caller(store, ann);
    const first = (await asAnn("task_status", { id: task.id })) as { result: string; next: number; length: number };
    const second = (await asAnn("task_status", { id: task.id, from: first.next })) as { result: string };
    expect([first.length, first.result + second.result]).toEqual([words.length, words]);
    await expect((await caller(store, bob))("task_status", { id: task.id })).rejects.toThrow("was not found");

    const later = await addTask(store, ann, { instruction: "later", runAt: "2999-01-01T00:00:00Z" });
    const cancels: string[] = [];
    const stopping = taskCancel(store, async (viewer, id) => {
      cancels.push(id);
      await cancelTask(store, viewer, id);
    });
    const prepared = stopping.prepare({ id: later.task.id });
    if (!prepared.ok || prepared.kind !== "plain") throw new Error("not plain");
    const context = toolContext({ principal: { userId: ann.id, name: ann.name, isAgent: false } });
    for (const _ of [1, 2]) expect(await prepared.execute(context)).toEqual({ id: later.task.id, status: "cancelled" });
    expect(cancels).toEqual([later.task.id]);
  });
});
