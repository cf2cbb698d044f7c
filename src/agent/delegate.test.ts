import { expect, test } from "vitest";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, gate, pause, say, scriptedModel, stepsIn, type Step } from "../../test/kit/scripted-model.ts";
import { findingsOf } from "../../test/kit/verify-scene.ts";
import { echoTool, testTool, until } from "../../test/kit/worker.ts";
import { delegate } from "../builtin-tools/delegate.ts";
import type { StepRequest } from "../models/model.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { taskTree } from "../store/delegated/tree.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { requestStop } from "../store/endings/stop.ts";
import { addTask } from "../store/tasks/add.ts";
import { cancelTask } from "../store/tasks/change.ts";
import { getTask, listTasks } from "../store/tasks/read.ts";

/** What the run was told to do: its last words of a person or a task. */
function told(request: StepRequest): string {
  const last = request.messages.findLast(({ role }) => role === "user");
  return JSON.stringify(last?.content ?? "");
}

const parts = (...instructions: string[]) =>
  call("delegate", { tasks: instructions.map((instruction) => ({ instruction })) });

const status = (store: Store, viewer: User, id: string, wanted: string) =>
  until(`the task ${wanted}`, async () => (await getTask(store, viewer, id)).status === wanted);

const others = async (store: Store, viewer: User, id: string) =>
  (await listTasks(store, viewer)).items.filter((task) => task.id !== id);

eachEngine("delegated work", (engine) => {
  test("is done side by side in chats of its own, while its parent waits with no worker, and comes back as one result", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const [one, two] = [gate(), gate()];
    const model = scriptedModel((request): Step => {
      if (told(request).includes("part one")) return [pause(one), say("1 is done")];
      if (told(request).includes("part two")) return [pause(two), say("2 is done")];
      return stepsIn(request) === 0 ? [parts("part one", "part two")] : [say("both")];
    });
    const agent = await startAgent(store, { model, tools: [delegate], concurrency: 2 });
    const { task } = await addTask(store, owner, { instruction: "all of it" });
    await Promise.all([one.reached, two.reached]);
    await status(store, owner, task.id, "waiting");
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "waiting" });
    expect((await dataOf(store, task.chatId, "status")).at(-1)).toMatchObject({
      state: "waiting",
      reason: "tasks",
      message: "Waits for 2 tasks",
    });
    one.open();
    two.open();
    await status(store, owner, task.id, "completed");
    const [result] = await dataOf(store, task.chatId, "tool_result");
    expect(result).toMatchObject({
      ok: true,
      result: { tasks: [{ status: "completed", result: "1 is done" }, { result: "2 is done" }] },
    });
    const children = await others(store, owner, task.id);
    expect(new Set([task.chatId, ...children.map((child) => child.chatId)]).size).toBe(3);
    expect((await dataOf(store, task.chatId, "child")).map(({ state }) => state)).toEqual([
      ...["pending", "pending", "completed", "completed"],
    ]);
    expect(await taskTree(store, owner, task.id)).toMatchObject({
      items: [
        { depth: 1, parentId: task.id, instruction: "part one", status: "completed", isDelegated: true },
        { depth: 1, parentId: task.id, instruction: "part two", status: "completed" },
      ],
    });
    expect(await findingsOf(store)).toEqual([]);
    expect(agent.errors).toEqual([]);
  });

  test("goes on when a person writes to its parent, which can wait for it again", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const hold = gate();
    const { chat } = await createChat(store, owner, {});
    const model = scriptedModel((request): Step => {
      if (told(request).includes("a part")) return [pause(hold), say("the part")];
      const done = stepsIn(request);
      const child = /still running: (\w+)/.exec(JSON.stringify(request.messages))?.[1] ?? "";
      return [[parts("a part")], [call("delegate", { waitFor: [child] })], [say("all")]][done] ?? [];
    });
    await startAgent(store, { model, tools: [delegate] });
    await postMessage(store, owner, chat.id, { text: "go" });
    await hold.reached;
    await until("the wait", async () => (await story(store, chat.id)).at(-1) === "waiting");
    await postMessage(store, owner, chat.id, { text: "how far are you?" });
    await until(
      "the second wait",
      async () => (await story(store, chat.id)).filter((s) => s === "waiting").length === 2,
    );
    const [first] = await dataOf(store, chat.id, "tool_result");
    expect(first?.result).toMatchObject({ note: expect.stringContaining("a person wrote meanwhile") });
    hold.open();
    await until("the end", async () => (await story(store, chat.id)).at(-1) === "completed");
    expect((await dataOf(store, chat.id, "tool_result"))[1]?.result).toMatchObject({ tasks: [{ result: "the part" }] });
    // Who talks with the agent in a chat of their own owns what it delegates.
    const [child] = await others(store, owner, "");
    const row = await store.db
      .selectFrom("chats")
      .select("owner_id")
      .where("id", "=", child?.chatId ?? "")
      .executeTakeFirst();
    expect(row?.owner_id).toBe(owner.id);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("is stopped with its parent, down to the last level", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const deep = gate();
    const model = scriptedModel((request): Step => {
      if (told(request).includes("level two")) return [pause(deep), say("never")];
      return [parts(told(request).includes("level one") ? "level two" : "level one")];
    });
    const { stopper } = await startAgent(store, { model, tools: [delegate] });
    const { task } = await addTask(store, owner, { instruction: "the root" });
    await deep.reached;
    await until(
      "both wait",
      async () => (await others(store, owner, "")).filter((t) => t.status === "waiting").length === 2,
    );
    await stopper.stop(owner, { chatId: task.chatId });
    await until("all ended", async () => (await others(store, owner, "")).every((t) => t.status === "cancelled"));
    expect((await taskTree(store, owner, task.id)).items.map(({ depth, error }) => [depth, error])).toEqual([
      [1, "cancelled by owner"],
      [2, "cancelled by owner"],
    ]);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("F26 is ended in time by the look that stops it, when its worker hears nothing", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    const deep = gate();
    const deaf = testTool("deaf", () => {
      void deep.wait();
      return new Promise<never>(() => {});
    });
    const model = scriptedModel((request): Step => [told(request).includes("a part") ? call("deaf") : parts("a part")]);
    const agent = await startAgent(store, { model, tools: [delegate, deaf] });
    const { task } = await addTask(store, owner, { instruction: "the root" });
    await deep.reached;
    await status(store, owner, task.id, "waiting");
    const [child] = await others(store, owner, task.id);
    // Whoever has asked for it is gone with its node: the row alone says so.
    await requestStop(store, owner, { chatId: task.chatId });
    store.hub.wake();
    await until("the child's stop", async () => (await story(store, child?.chatId ?? "")).at(-1) === "stopping");
    await clock.advance(1500);
    await status(store, owner, child?.id ?? "", "cancelled");
    await until("a free worker", () => agent.loop.size === 0);
    expect(agent.errors).toEqual([]);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("is found by the next look, when its end or its parent's stop was told to nobody", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner } = await people(first);
    const hold = gate();
    const model = scriptedModel((request): Step => {
      if (told(request).includes("a part")) return [pause(hold), say("the part")];
      return stepsIn(request) === 0 ? [parts("a part")] : [say("all")];
    });
    const before = await startAgent(first, { model, tools: [delegate] });
    const { task } = await addTask(first, owner, { instruction: "go" });
    const lost = await addTask(first, owner, { instruction: "go too" });
    await status(first, owner, task.id, "waiting");
    await status(first, owner, lost.task.id, "waiting");
    await before.stop();
    // With no loop and no stopper that would look: the ends are in the rows alone.
    const open = (await listTasks(first, owner)).items.filter(({ instruction }) => instruction === "a part");
    const ofLost = (await taskTree(first, owner, lost.task.id)).items.map(({ id }) => id);
    for (const { id } of open) if (!ofLost.includes(id)) await cancelTask(first, owner, id);
    await cancelTask(first, owner, lost.task.id);
    await first[Symbol.asyncDispose]();
    const store = await engine.open(place);
    await startAgent(store, { model, tools: [delegate] });
    await status(store, owner, task.id, "completed");
    await until("the child ended", async () =>
      (await taskTree(store, owner, lost.task.id)).items.every((child) => child.status === "cancelled"),
    );
    expect((await dataOf(store, task.chatId, "tool_result"))[0]?.result).toMatchObject({
      tasks: [{ status: "cancelled" }],
    });
    expect(await findingsOf(store)).toEqual([]);
  });
});

test("delegated work gets no tool that its parent has not, ends at three levels, and shares one budget", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const given: { readonly [level: string]: readonly string[] }[] = [];
  const model = scriptedModel((request): Step => {
    const level = /level (\d)/.exec(told(request))?.[1] ?? "0";
    given.push({ [level]: request.tools.map(({ name }) => name) });
    if (stepsIn(request) > 0) return [say(`${level} is done`)];
    const next = {
      instruction: `level ${Number(level) + 1}`,
      tools: level === "0" ? ["delegate", "ec*"] : ["delegate", "plan_update", "ec*"],
    };
    return [call("delegate", { tasks: [next] })];
  });
  await startAgent(store, { model, tools: [delegate, echoTool], concurrency: 8 });
  const { task } = await addTask(store, owner, { instruction: "level 0", limits: { steps: 20 } });
  await status(store, owner, task.id, "completed");
  expect(given.find((each) => each["1"])?.["1"]?.toSorted()).toEqual(["delegate", "echo"]);
  expect(given.find((each) => each["2"])?.["2"]?.toSorted()).toEqual(["delegate", "echo"]);
  const { items } = await taskTree(store, owner, task.id);
  expect(items.map(({ depth }) => depth)).toEqual([1, 2, 3]);
  const refused = await dataOf(store, items[2]?.chatId ?? "", "tool_result");
  expect(refused[0]).toMatchObject({ ok: false, error: expect.stringContaining("this is as deep") });

  const spent = await addTask(store, owner, { instruction: "level 0", limits: { steps: 2 } });
  await status(store, owner, spent.task.id, "failed");
  expect((await getTask(store, owner, spent.task.id)).error).toContain("together with what it started");
});

test("a call waits for what it delegated no longer than an approval, and says what is left", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const model = scriptedModel((request): Step => (stepsIn(request) === 0 ? [parts("a part")] : [say("without it")]));
  // The child's chat is served by nobody: a turn works, its task does not.
  await startAgent(store, { model, tools: [delegate], tasks: false, pollMs: 3_600_000 });
  const { chat } = await createChat(store, owner, {});
  await postMessage(store, owner, chat.id, { text: "go" });
  await until("the wait", async () => (await story(store, chat.id)).at(-1) === "waiting");
  await clock.advance(7 * 24 * 3_600_000 + 1000);
  await until("the end", async () => (await story(store, chat.id)).at(-1) === "completed");
  expect((await dataOf(store, chat.id, "tool_result"))[0]?.result).toMatchObject({
    tasks: [{ status: "pending" }],
    note: expect.stringContaining("as long as it may"),
  });
});
