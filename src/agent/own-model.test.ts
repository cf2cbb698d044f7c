import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import {
  call,
  fail,
  gate,
  pause,
  say,
  scriptedModel,
  stepsIn,
  type ScriptedModel,
} from "../../test/kit/scripted-model.ts";
import { findingsOf } from "../../test/kit/verify-scene.ts";
import { echoTool, ended } from "../../test/kit/worker.ts";
import { delegate } from "../builtin-tools/delegate.ts";
import { SparkyError } from "../core/errors.ts";
import { ModelError } from "../models/model.ts";
import { createChat, getChat, patchChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { readEvents } from "../store/log/events.ts";
import type { Store } from "../store/database/store.ts";
import { ensureUsers } from "../store/people/users.ts";
import { createSchedule, patchSchedule, runScheduleNow } from "../store/schedules/change.ts";
import { addTask } from "../store/tasks/add.ts";
import { patchTask, retryTask } from "../store/tasks/change.ts";
import { getTask, type Task } from "../store/tasks/read.ts";

/** Models by the name that a chat chooses; null: the instance's. */
const chosenFrom =
  (models: { readonly [name: string]: ScriptedModel }) =>
  (name: string | null): ScriptedModel => {
    const model = models[name ?? "own"];
    if (model === undefined) throw new SparkyError("invalid_input", `no model ${name}`);
    return model;
  };

eachEngine("the model of a chat", (engine) => {
  test("what is chosen while a run is under way answers from the next run on, also when the run is taken up again", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const own = scriptedModel([[call("echo", { text: "1" })], [pause(held)], [say("The old one.")]], { id: "own" });
    const other = scriptedModel(() => [say("The new one.")], { id: "other" });
    const modelFor = chosenFrom({ own, other });
    const before = await startAgent(store, { model: own, modelFor, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: "one" });
    await held.reached;
    expect(await patchChat(store, owner, chat.id, { model: "other" })).toMatchObject({ model: "other" });
    await before.stop();
    const agent = await startAgent(store, { model: own, modelFor, tools: [echoTool] });
    expect(await ended(store, runId)).toMatchObject({ state: "completed", model: "own" });
    const next = await postMessage(store, owner, chat.id, { text: "two" });
    expect(await ended(store, next.runId)).toMatchObject({ state: "completed", model: "other" });
    expect(own.requests).toHaveLength(3);
    const usage = await readEvents(store.db, chat.id, { types: ["usage"] });
    expect(usage.map(({ data }) => "model" in data && data.model)).toEqual(["own", "own", "own", "other"]);
    await agent.stop();
  });

  test("a run whose model cannot be reached any more goes on with the chat's choice", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const own = scriptedModel([[call("echo", { text: "1" })], [pause(held)]], { id: "gone" });
    const before = await startAgent(store, { model: own, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: "one" });
    await held.reached;
    await patchChat(store, owner, chat.id, { model: "other" });
    await before.stop();
    const other = scriptedModel(() => [say("The new one.")], { id: "other" });
    const agent = await startAgent(store, { model: other, modelFor: chosenFrom({ other }), tools: [echoTool] });
    expect(await ended(store, runId)).toMatchObject({ state: "completed", model: "other" });
    await agent.stop();
  });

  test("each call's usage tells what its request was made of, how big the window is, and whether that is a guess", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    // Too small for summaries: what does not fit is left out.
    const model = scriptedModel(() => [say("x".repeat(6000))], { contextTokens: 1200, isWindowGuessed: true });
    const agent = await startAgent(store, { model, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    for (let n = 0; n < 6; n += 1) {
      await ended(store, (await postMessage(store, owner, chat.id, { text: `No. ${n}` })).runId);
    }
    await agent.stop();
    const contexts = (await readEvents(store.db, chat.id, { types: ["usage"] })).map(({ type, data }) =>
      type === "usage" ? data.context : undefined,
    );
    expect(contexts).toHaveLength(6);
    expect(contexts[0]).toMatchObject({ leftOut: 0, window: 1200, windowGuessed: true });
    expect(contexts.every((context) => (context?.system ?? 0) > 100 && (context?.tools ?? 0) > 100)).toBe(true);
    expect(contexts.at(-1)?.leftOut).toBeGreaterThan(0);
  });
});

eachEngine("the model of a task", (engine) => {
  /** The models that answered its runs, once it has ended. */
  const answered = async (store: Store, task: Task): Promise<unknown[]> => {
    const runs = await store.db.selectFrom("runs").selectAll().where("task_id", "=", task.id).execute();
    await Promise.all(runs.map(({ id }) => ended(store, id)));
    const usage = await readEvents(store.db, task.chatId, { types: ["usage"] });
    return usage.flatMap(({ data, taskId }) => (taskId === task.id && "model" in data ? [data.model] : []));
  };

  test("works on it though its chat has another one, and goes on after a crash, whatever is chosen for the chat", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const own = scriptedModel([[call("echo", { text: "1" })], [pause(held)], [say("Done.")]], { id: "own" });
    const chats = scriptedModel(() => [say("The chat's.")], { id: "chats" });
    const [modelFor, tools] = [chosenFrom({ chats, tasks: own }), [echoTool]];
    const before = await startAgent(store, { model: own, modelFor, tools });
    const { chat } = await createChat(store, owner, { model: "chats" });
    const { task } = await addTask(store, owner, { instruction: "do it", chatId: chat.id, model: "tasks" });
    expect(task.model).toBe("tasks");
    await held.reached;
    await expect(patchTask(store, owner, task.id, { model: "chats" })).rejects.toMatchObject({ code: "conflict" });
    await patchChat(store, owner, chat.id, { model: null });
    await before.stop();
    const agent = await startAgent(store, { model: own, modelFor, tools });
    expect(await answered(store, task)).toEqual(["own", "own", "own"]);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "completed", model: "tasks" });
    await patchChat(store, owner, chat.id, { model: "chats" });
    const { runId } = await postMessage(store, owner, chat.id, { text: "and you?" });
    expect(await ended(store, runId)).toMatchObject({ model: "chats" });
    await agent.stop();
  });

  test("can be changed until it starts, and is kept when it is tried again", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const refused = new ModelError("model_auth", "no key", { retryable: false });
    const other = scriptedModel([[fail(refused)], [say("Done.")]], { id: "other" });
    const { task } = await addTask(store, owner, { instruction: "do it", model: "gone" });
    expect(await patchTask(store, owner, task.id, { model: null })).toMatchObject({ model: null });
    expect(await patchTask(store, owner, task.id, { model: "other" })).toMatchObject({ model: "other" });
    const agent = await startAgent(store, { model: other, modelFor: chosenFrom({ other }) });
    await answered(store, task);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "failed", model: "other" });
    await retryTask(store, owner, task.id);
    expect(await answered(store, task)).toEqual(["other"]);
    await agent.stop();
  });

  test("is another one where a task that failed is tried again by it, in the task's own chat too", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const refused = new ModelError("model_auth", "no key", { retryable: false });
    const own = scriptedModel([[fail(refused)]], { id: "own" });
    const other = scriptedModel([[say("Done.")], [say("And this.")]], { id: "other" });
    const { task } = await addTask(store, owner, { instruction: "do it" });
    const agent = await startAgent(store, { model: own, modelFor: chosenFrom({ own, other }) });
    await answered(store, task);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "failed", model: null });
    await retryTask(store, owner, task.id, { model: "other" });
    expect(await answered(store, task)).toEqual(["other"]);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "completed", model: "other" });
    const { runId } = await postMessage(store, owner, task.chatId, { text: "and now?" });
    expect(await ended(store, runId)).toMatchObject({ model: "other" });
    await agent.stop();
  });

  test("is what the agent chose for work that it hands over, and answers in the chat of that too", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const own = scriptedModel(
      (request) =>
        stepsIn(request) === 0
          ? [call("delegate", { tasks: [{ instruction: "a part", model: "other" }] })]
          : [say("All.")],
      { id: "own" },
    );
    const other = scriptedModel(() => [say("A part.")], { id: "other" });
    const agent = await startAgent(store, { model: own, modelFor: chosenFrom({ own, other }), tools: [delegate] });
    const { task } = await addTask(store, owner, { instruction: "all of it" });
    expect(await answered(store, task)).toEqual(["own", "own"]);
    const part = await store.db
      .selectFrom("tasks")
      .selectAll()
      .where("parent_call", "is not", null)
      .executeTakeFirstOrThrow();
    expect(part).toMatchObject({ model: "other", status: "completed" });
    const { runId } = await postMessage(store, owner, part.chat_id, { text: "more" });
    expect(await ended(store, runId)).toMatchObject({ model: "other" });
    await agent.stop();
  });

  test("is the one of the schedule that made it, and not what its chat answers with", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const own = scriptedModel(() => [say("Mine.")], { id: "own" });
    const other = scriptedModel(() => [say("Tidied.")], { id: "other" });
    const agent = await startAgent(store, { model: own, modelFor: chosenFrom({ own, other }) });
    const made = await createSchedule(store, owner, {
      name: "tidy",
      when: "every(1 hour)",
      prompt: "Tidy",
      model: "other",
    });
    expect(made.model).toBe("other");
    const first = await runScheduleNow(store, owner, "tidy");
    expect(await answered(store, first)).toEqual(["other"]);
    const { runId } = await postMessage(store, owner, first.chatId, { text: "thanks" });
    expect(await ended(store, runId)).toMatchObject({ model: "own" });
    expect(await patchSchedule(store, owner, "tidy", { model: null })).toMatchObject({ model: null });
    expect(await answered(store, await runScheduleNow(store, owner, "tidy"))).toEqual(["own"]);
    await agent.stop();
  });
});

eachEngine("the chat that was made for a task", (engine) => {
  test("answers as the task does when that is changed before it starts, unless somebody has chosen otherwise there", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const chatOf = async ({ chatId }: Pick<Task, "chatId">) => {
      const { model, effort } = await getChat(store, owner, chatId);
      return { model, effort };
    };
    const { task } = await addTask(store, owner, { instruction: "x", model: "dear", effort: "high" });
    await patchTask(store, owner, task.id, { model: "cheap" });
    expect(await chatOf(task)).toEqual({ model: "cheap", effort: "high" });
    await patchTask(store, owner, task.id, { model: null, effort: null });
    expect(await chatOf(task)).toEqual({ model: null, effort: null });
    const { task: other } = await addTask(store, owner, { instruction: "y", model: "dear" });
    await patchChat(store, owner, other.chatId, { model: "chosen" });
    await patchTask(store, owner, other.id, { model: "cheap", effort: "low" });
    expect(await chatOf(other)).toEqual({ model: "chosen", effort: "low" });
    const { chat } = await createChat(store, owner, {});
    const { task: third } = await addTask(store, owner, { instruction: "z", chatId: chat.id });
    await patchTask(store, owner, third.id, { model: "cheap" });
    expect(await chatOf(third)).toEqual({ model: null, effort: null });
    expect(await findingsOf(store)).toEqual([]);
  });
});

eachEngine("how hard the model thinks", (engine) => {
  test("is what was chosen for the chat when a run makes its first call, also when it is taken up again", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const model = scriptedModel([[call("echo", { text: "1" })], [pause(held)], [say("Done.")], [say("Again.")]]);
    const options = { model, tools: [echoTool], effort: () => "low" as const };
    const before = await startAgent(store, options);
    const { chat } = await createChat(store, owner, { effort: "high" });
    const { runId } = await postMessage(store, owner, chat.id, { text: "one" });
    await held.reached;
    expect(await patchChat(store, owner, chat.id, { effort: "none" })).toMatchObject({ effort: "none" });
    expect(await patchChat(store, owner, chat.id, { effort: null })).toMatchObject({ effort: null });
    await before.stop();
    const agent = await startAgent(store, options);
    await ended(store, runId);
    await ended(store, (await postMessage(store, owner, chat.id, { text: "two" })).runId);
    expect(model.requests.map(({ effort }) => effort)).toEqual(["high", "high", "high", "low"]);
    const usage = await readEvents(store.db, chat.id, { types: ["usage"] });
    const told = usage.flatMap((event) => (event.type === "usage" && event.step !== null ? [event.data.effort] : []));
    expect(told).toEqual(["high", "high", "low"]);
    expect(await findingsOf(store)).toEqual([]);
    await agent.stop();
  });

  test("is the task's own, or its schedule's, before the chat's and the instance's", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const model = scriptedModel(() => [say("Done.")]);
    const agent = await startAgent(store, { model, effort: () => "low" });
    const { chat } = await createChat(store, owner, { effort: "high" });
    const done = async (id: string): Promise<void> =>
      void (await ended(store, (await getTask(store, owner, id)).runId));
    const added = await addTask(store, owner, { instruction: "x", chatId: chat.id, effort: "max" });
    await done(added.task.id);
    await done((await addTask(store, owner, { instruction: "y", chatId: chat.id })).task.id);
    await done((await addTask(store, owner, { instruction: "z", effort: "provider-default" })).task.id);
    await createSchedule(store, owner, { name: "tidy", when: "every(1 hour)", prompt: "Tidy", effort: "minimal" });
    await done((await runScheduleNow(store, owner, "tidy")).id);
    expect(model.requests.map(({ effort }) => effort)).toEqual(["max", "high", undefined, "minimal"]);
    expect(await getTask(store, owner, added.task.id)).toMatchObject({ effort: "max" });
    await agent.stop();
  });
});
