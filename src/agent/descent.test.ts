import { expect, test } from "vitest";
import { startAgent, story } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel, untimed } from "../../test/kit/scripted-model.ts";
import { testTool, until } from "../../test/kit/worker.ts";
import { findingsOf } from "../../test/kit/verify-scene.ts";
import { ENDED } from "../core/run-state.ts";
import { taskTools } from "../builtin-tools/tasks.ts";
import { decideApproval, listApprovals } from "../store/approvals/approvals.ts";
import { listGrants } from "../store/approvals/grants.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { readEvents } from "../store/log/events.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask, listTasks, type Task } from "../store/tasks/read.ts";
import type { User } from "../store/people/user.ts";
import { changeAccount } from "../store/people/accounts.ts";
import { policyOf, type Policy, type Verdict } from "../tools/policy.ts";
import type { Tool } from "../tools/tool.ts";

type Rule = Verdict | Partial<Policy>;

/**
 * An agent that does what its instruction says: `do x` uses the tool `danger`, `add …` adds a task with the rest as its
 * instruction, as often as it is told to; then it is done.
 */
function obeying() {
  return scriptedModel((request) => {
    const last = untimed(request.messages).at(-1);
    if (last?.role !== "user") return [say("done")];
    const text = JSON.stringify(last.content);
    const [, times = "1", rest] = /(\d*) ?add (.*?)"/.exec(text) ?? [];
    if (rest === undefined) return [call("danger", { text: /do (\w+)/.exec(text)?.[1] ?? "" })];
    return Array.from({ length: Number(times || "1") }, () => call("task_add", { instruction: rest }));
  });
}

function tools(store: Store, danger: Rule, adding: Rule = "allow") {
  const ran: string[] = [];
  const tool = testTool("danger", async (text) => ran.push(text));
  const added = taskTools(store).map((each) =>
    each.name === "task_add" ? { ...each, policy: policyOf(adding) } : each,
  );
  const all: readonly Tool<Tx>[] = [{ ...tool, policy: policyOf(danger) }, ...added];
  return { ran, all };
}

const newest = (store: Store, viewer: User, instruction: string, status: Task["status"]) =>
  until(`"${instruction}" ${status}`, async () => {
    const { items } = await listTasks(store, viewer);
    return items.find((task) => task.instruction === instruction && task.status === status);
  });

const open = (store: Store, viewer: User) =>
  until("an open approval", async () => (await listApprovals(store, viewer)).items[0]);

const resultsIn = async (store: Store, chatId: string): Promise<string> =>
  JSON.stringify(await readEvents(store.db, chatId, { types: ["tool_result"] }));

eachEngine("F98: what a run starts", (engine) => {
  test.each([
    { from: "a chat", rule: { chat: "deny" }, add: "add do x", last: "do x", says: "a chat" },
    { from: "a chat, two tasks deep", rule: { chat: "deny" }, add: "add add do x", last: "do x", says: "a chat" },
    { from: "a schedule", rule: { schedule: "deny" }, add: "add do x", last: "do x", says: "a schedule's run" },
    { from: "a task", rule: { task: "deny" }, add: "add do x", last: "do x", says: "a task's run" },
  ] as const)("may not do what $from may not, wherever it runs", async ({ rule, from, add, last, says }) => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, all } = tools(store, rule);
    await startAgent(store, { model: obeying(), tools: all });
    if (from.startsWith("a chat")) {
      const { chat } = await createChat(store, owner, {});
      await postMessage(store, owner, chat.id, { text: add });
    } else await addTask(store, owner, { instruction: add }, from === "a schedule" ? { schedule: "nightly" } : {});
    const child = await newest(store, owner, last, "completed");
    expect(await resultsIn(store, child.chatId)).toContain(`policy does not allow danger in`);
    expect(await resultsIn(store, child.chatId)).toContain(says);
    expect(ran).toEqual([]);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("is, after a yes to its exact prompt, the word of whose work it is, with the policy of any task of theirs", async () => {
    const store = await engine.store();
    const { ann, bob: member } = await people(store);
    await changeAccount(store, member.name, { role: "admin" });
    const bob = { ...member, role: "admin" } as const;
    const { ran, all } = tools(store, { schedule: "deny", chat: "deny" }, { chat: "ask" });
    await startAgent(store, { model: obeying(), tools: all });
    const { chat } = await createChat(store, ann, {});
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: bob.id, can_write: 1 }).execute();
    await postMessage(store, ann, chat.id, { text: "2 add do x" });
    const asked = await until("two", async () => {
      const { items } = await listApprovals(store, ann);
      return items.length === 2 && items;
    });
    // Bob says yes to one of them, and to others like it: only that one has he read.
    await decideApproval(store, bob, asked[0]?.id ?? "", { decision: "approve", scope: { kind: "run" } });
    const done = await until("both tasks", async () => {
      const { items } = await listTasks(store, ann);
      return items.length === 2 && items.every((task) => task.status === "completed") && items;
    });
    expect(ran).toEqual(["x"]);
    expect(done.map((task) => task.ownerId)).toEqual([ann.id, ann.id]);
    const denied = await Promise.all(
      done.map(async (task) => (await resultsIn(store, task.chatId)).includes("does not allow")),
    );
    expect(denied.filter(Boolean)).toHaveLength(1);
    // It is nothing of who said yes.
    expect((await listTasks(store, bob)).items).toEqual([]);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("is covered by a yes for the run, though that has ended, and nothing else is", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, all } = tools(store, "ask");
    const model = scriptedModel((request) => {
      const steps = request.messages.filter((message) => message.role === "tool").length;
      const text = JSON.stringify(request.messages);
      if (text.includes("child") && !text.includes("parent"))
        return steps === 0 ? [call("danger", { text: "child" })] : [say("done")];
      if (steps === 0) return [call("danger", { text: "own" })];
      return steps === 1 ? [call("task_add", { instruction: "child" })] : [say("parent is done")];
    });
    await startAgent(store, { model, tools: all });
    const { task } = await addTask(store, owner, { instruction: "parent" });
    const asked = await open(store, owner);
    await decideApproval(store, owner, asked.id, { decision: "approve", scope: { kind: "run" } });
    await newest(store, owner, "child", "completed");
    expect(ran).toEqual(["own", "child"]);
    expect(await listGrants(store, owner)).toEqual([]);
    await addTask(store, owner, { instruction: "parent too" });
    await newest(store, owner, "parent too", "waiting");
    expect((await getTask(store, owner, task.id)).status).toBe("completed");
  });

  test("a yes until a time holds for what comes from the same, and for nothing else", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, all } = tools(store, "ask");
    await startAgent(store, { model: obeying(), tools: all });
    const { task } = await addTask(store, owner, { instruction: "do first" });
    const asked = await open(store, owner);
    const at = store.clock.now() + 3_600_000;
    await decideApproval(store, owner, asked.id, { decision: "approve", scope: { kind: "until", at } });
    await newest(store, owner, "do first", "completed");
    await addTask(store, owner, { instruction: "do second" });
    await newest(store, owner, "do second", "completed");
    expect(ran).toEqual(["first", "second"]);
    await addTask(store, owner, { instruction: "do third" }, { schedule: "nightly" });
    await newest(store, owner, "do third", "waiting");
    const { chat } = await createChat(store, owner, {});
    await postMessage(store, owner, chat.id, { text: "add do fourth" });
    await newest(store, owner, "do fourth", "waiting");
    expect(ran).toEqual(["first", "second"]);
    expect((await listApprovals(store, owner)).items).toHaveLength(2);
    expect((await getTask(store, owner, task.id)).status).toBe("completed");
  });

  test("shares the limits of what started it: they are not renewed", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, all } = tools(store, "allow");
    await startAgent(store, { model: obeying(), tools: all, concurrency: 1 });
    // One after another: two steps for each of the first two; none is left for the third.
    await addTask(store, owner, { instruction: "add add do x", limits: { steps: 4 } });
    const failed = await newest(store, owner, "do x", "failed");
    expect(failed.error).toContain("together with what started it, it reached its limit of 4 steps");
    expect(ran).toEqual([]);
    expect(await story(store, failed.chatId)).not.toContain("asks danger");
  });

  test("goes three deep and no deeper, and is fifty tasks and no more", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { all } = tools(store, "allow");
    await startAgent(store, { model: obeying(), tools: all });
    await addTask(store, owner, { instruction: "add add add add do x" });
    const third = await newest(store, owner, "add do x", "completed");
    expect(await resultsIn(store, third.chatId)).toContain("3 deep");
    await addTask(store, owner, { instruction: "18 add 18 add do y" });
    const open = store.db
      .selectFrom("tasks")
      .select("id")
      .where("status", "not in", [...ENDED])
      .limit(1);
    await until("every task's end", async () => (await open.executeTakeFirst()) === undefined, 100_000);
    const tasks = await store.db
      .selectFrom("tasks")
      .select(["root_run", "depth"])
      .where("instruction", "like", "%do y")
      .execute();
    expect(tasks.filter((row) => row.root_run !== null)).toHaveLength(50);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("is checked by verify against the log", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { all } = tools(store, "allow");
    await startAgent(store, { model: obeying(), tools: all });
    await addTask(store, owner, { instruction: "add do x" });
    const child = await newest(store, owner, "do x", "completed");
    const other = await addTask(store, owner, { instruction: "do z" });
    await newest(store, owner, "do z", "completed");
    expect(await findingsOf(store)).toEqual([]);
    await store.db.updateTable("tasks").set({ origins: "chat" }).where("id", "in", [child.id, other.task.id]).execute();
    const found = (await findingsOf(store)).map(({ what }) => what);
    expect(found.toSorted()).toEqual([child.id, other.task.id].map((id) => `task ${id}: what it inherits`).toSorted());
  });
});
