import type { ModelMessage } from "ai";
import { expect, test } from "vitest";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { testClock, type TestClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import {
  call,
  cut,
  end,
  fail,
  gate,
  pause,
  say,
  scriptedModel,
  spend,
  think,
  untimed,
} from "../../test/kit/scripted-model.ts";
import { echoTool, ended, testTool, until } from "../../test/kit/worker.ts";
import { ModelError } from "../models/model.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { runRow } from "../store/runs/run.ts";
import type { Store } from "../store/database/store.ts";
import { stats } from "../store/overview/stats.ts";
import { addTask, type NewTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";

const busy = (retryAfterMs?: number) =>
  new ModelError("model_overloaded", "the model is busy", {
    retryable: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
const refused = new ModelError("model_auth", "the key was refused: check it", { retryable: false });

/** A message in one line. */
const brief = ({ role, content }: ModelMessage): string =>
  typeof content === "string"
    ? `${role}: ${content}`
    : `${role}: ${content.map((part) => (part.type === "text" ? part.text : part.type)).join(" ")}`;

eachEngine("a turn", (engine) => {
  test("fails once where there is no model to ask, and only a further message begins another", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await startAgent(store, {
      get model(): never {
        throw new ModelError("model_unset", "no key is set", { retryable: false });
      },
    });
    const { chat } = await createChat(store, owner, {});
    for (const [at, text] of ["one", "two"].entries()) {
      const { runId } = await postMessage(store, owner, chat.id, { text });
      expect(await ended(store, runId)).toMatchObject({ state: "failed" });
      expect(await store.db.selectFrom("runs").select("id").where("chat_id", "=", chat.id).execute()).toHaveLength(
        at + 1,
      );
    }
  });

  test("keeps its model to its end, though another one is set meanwhile; the next turn has that one", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const [first, second] = [
      scriptedModel([[call("set")], [say("by the first")]]),
      scriptedModel([[say("by the second")]]),
    ];
    const options = {
      model: first,
      tools: [
        testTool("set", async () => {
          options.model = second;
          return "set";
        }),
      ],
    };
    await startAgent(store, options);
    const { chat } = await createChat(store, owner, {});
    for (const text of ["one", "two"]) await ended(store, (await postMessage(store, owner, chat.id, { text })).runId);
    expect((await dataOf(store, chat.id, "message")).map(({ text }) => text)).toEqual([
      "one",
      "by the first",
      "two",
      "by the second",
    ]);
  });

  test("reads what a person writes while it works: during its calls, and while the model speaks", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const [first, second, third] = [gate(), gate(), gate()];
    const model = scriptedModel([
      [pause(first), call("echo", { text: "1" })],
      [say("An answer"), pause(second), say(" to both.")],
      [pause(third), say("And to the last.")],
    ]);
    const agent = await startAgent(store, { model, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    const send = async (text: string) => postMessage(store, owner, chat.id, { text });
    const { runId } = await send("one");
    await first.reached;
    expect((await send("two")).runId).toBe(runId);
    first.open();
    await second.reached;
    expect((await send("three")).runId).toBe(runId);
    second.open();
    await third.reached;
    third.open();
    expect(await ended(store, runId)).toMatchObject({ state: "completed", step: 3 });
    expect(model.requests.map(({ messages }) => untimed(messages).map(brief))).toEqual([
      ["user: one"],
      ["user: one", "assistant: tool-call", "tool: tool-result", "user: two"],
      [
        "user: one",
        "assistant: tool-call",
        "tool: tool-result",
        "user: two",
        "assistant: An answer  to both.",
        "user: three",
      ],
    ]);
    const runs = await store.db.selectFrom("runs").select("id").execute();
    expect(runs).toHaveLength(1);
    expect(agent.errors).toEqual([]);
  });

  test("follows a task's run that ends with a message unread", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const working = gate();
    const model = scriptedModel([[pause(working), say("The result.")], [say("You are welcome.")]]);
    await startAgent(store, { model });
    const { chat } = await createChat(store, owner, {});
    const { task } = await addTask(store, owner, { instruction: "work", chatId: chat.id });
    await working.reached;
    await postMessage(store, owner, chat.id, { text: "Thanks!" });
    working.open();
    await ended(store, task.runId);
    const turn = await until("a turn", () =>
      store.db.selectFrom("runs").selectAll().where("task_id", "is", null).executeTakeFirst(),
    );
    await ended(store, turn.id);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "completed", result: "The result." });
    expect((await story(store, chat.id)).slice(-6)).toEqual([
      "assistant: The result.",
      "completed",
      "queued",
      "starting",
      "assistant: You are welcome.",
      "completed",
    ]);
    expect(
      untimed(model.requests[1]?.messages ?? [])
        .map(brief)
        .at(-1),
    ).toBe("user: Thanks!");
  });
});

async function taskWith(store: Store, model: ReturnType<typeof scriptedModel>, more: Partial<NewTask> = {}) {
  const { owner } = await people(store);
  const agent = await startAgent(store, { model, tools: [echoTool] });
  const { task } = await addTask(store, owner, { instruction: "go", ...more });
  return { owner, agent, task };
}

/** Moves time on until the run waits for its next try, and returns for how long it does. */
async function backOffOf(store: Store, runId: string | null, clock: TestClock): Promise<number> {
  const run = await until("a back-off", async () => {
    const row = await runRow(store.db, runId ?? "");
    return row.state === "waiting" && row;
  });
  return run.not_before - clock.now();
}

eachEngine("a zero character", (engine) => {
  test("from a model or a tool ends up as a visible mark, and keeps no run from going on or ending", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const failing = new ModelError("model_auth", "no\0way", { retryable: false });
    const steps = [[think("h\0m"), call("echo", { text: "a\0b" })], [say("do\0ne")], [fail(failing)]];
    const agent = await startAgent(store, { model: scriptedModel(steps), tools: [echoTool], concurrency: 1 });
    const { task } = await addTask(store, owner, { instruction: "go" });
    expect(await ended(store, task.runId)).toMatchObject({ state: "completed" });
    expect(await getTask(store, owner, task.id)).toMatchObject({ result: "do\u{FFFD}ne" });
    expect(await dataOf(store, task.chatId, "tool_result")).toMatchObject([{ ok: true }]);
    const other = await addTask(store, owner, { instruction: "go" });
    await ended(store, other.task.runId);
    expect(await getTask(store, owner, other.task.id)).toMatchObject({ status: "failed", error: "no\u{FFFD}way" });
    expect(agent.errors).toEqual([]);
  });
});

test("a failed model call is tried again after a visible back-off that grows, and as late as the provider asks", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const model = scriptedModel([[say("Once up"), fail(busy())], [fail(busy())], [fail(busy(42_000))], [say("There.")]]);
  const { owner, task, agent } = await taskWith(store, model);
  for (const [tried, ms] of [500, 1000, 42_000].entries()) {
    expect(await backOffOf(store, task.runId, clock)).toBe(ms);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "waiting" });
    const waiting = (await dataOf(store, task.chatId, "status")).at(-1);
    const until = new Date(clock.now() + ms).toISOString();
    expect(waiting).toMatchObject({ state: "waiting", reason: "retry", attempt: tried + 1, until });
    expect(waiting?.message).toContain("the model is busy");
    await clock.advance(ms - 1);
    expect(model.requests).toHaveLength(tried + 1);
    await clock.advance(1);
  }
  expect(await ended(store, task.runId)).toMatchObject({ state: "completed", retries: 0 });
  expect((await story(store, task.chatId)).slice(3)).toEqual([
    "assistant: Once up …",
    "error model_overloaded",
    "waiting",
    "resumed",
    "error model_overloaded",
    "waiting",
    "resumed",
    "error model_overloaded",
    "waiting",
    "resumed",
    "assistant: There.",
    "completed",
  ]);
  // What was cut off is not in the next try's context: the model begins again.
  expect(model.requests.map(({ messages }) => untimed(messages).map(brief))).toEqual(
    Array.from({ length: 4 }, () => ["user: go"]),
  );
  expect(agent.errors).toEqual([]);
});

test("a person's message cuts a back-off short", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const model = scriptedModel([[fail(busy(600_000))], [say("Yes.")]]);
  const { owner } = await people(store);
  await startAgent(store, { model });
  const { chat } = await createChat(store, owner, {});
  const { runId } = await postMessage(store, owner, chat.id, { text: "hello" });
  await backOffOf(store, runId, clock);
  expect((await postMessage(store, owner, chat.id, { text: "still there?" })).runId).toBe(runId);
  expect(await ended(store, runId)).toMatchObject({ state: "completed" });
  expect(untimed(model.requests[1]?.messages ?? []).map(brief)).toEqual(["user: hello\n\nstill there?"]);
});

test("what the provider had from the call before is counted with the run", async () => {
  const store = await sqlite.store();
  const had = (inputTokens: number, cachedTokens: number) => spend({ inputTokens, outputTokens: 1, cachedTokens });
  const model = scriptedModel([
    [call("echo", { text: "1" }), had(1000, 0)],
    [call("echo", { text: "2" }), had(1100, 1000)],
    [say("Done."), had(1200, 1100)],
  ]);
  const { owner, task } = await taskWith(store, model);
  expect(await ended(store, task.runId)).toMatchObject({ input_tokens: 3300, cached_tokens: 2100 });
  expect((await stats(store, owner, {})).all).toMatchObject({ inputTokens: 3300, cachedTokens: 2100 });
});

test("F48: a model that keeps failing makes a failed task with the cause, after six tries, never a completed one", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const model = scriptedModel(() => [fail(busy())]);
  const { owner, task } = await taskWith(store, model);
  for (let i = 0; i < 7; i++) await clock.advance(await backOffOf(store, task.runId, clock));
  await ended(store, task.runId);
  const failed = await getTask(store, owner, task.id);
  expect(failed).toMatchObject({ status: "failed", error: "the model is busy (tried 8 times)", result: null });
  expect(model.requests).toHaveLength(8);
  expect((await dataOf(store, task.chatId, "status")).at(-1)).toMatchObject({ state: "failed", reason: failed.error });
});

const FAILURES = [
  { what: "refuses the key", step: [fail(refused)], says: "the key was refused: check it", tries: 1 },
  { what: "refuses the content", step: [end("content-filter")], says: /content filter/, tries: 1 },
  { what: "says nothing", step: [say("")], says: /answered with nothing \(tried 4 times\)/, tries: 4 },
  { what: "breaks off in the middle", step: [say("Half"), cut], says: /in the middle \(tried 4 times\)/, tries: 4 },
  { what: "meets a bug of ours", step: [fail(new TypeError("x is not a function"))], says: /inside Sparky/, tries: 8 },
] as const;

test.each(FAILURES)("F48: a model that $what makes a failed task that says so", async ({ step, says, tries }) => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const model = scriptedModel(() => step);
  const { owner, task } = await taskWith(store, model);
  for (let i = 1; i < tries; i++) await clock.advance(await backOffOf(store, task.runId, clock));
  await ended(store, task.runId);
  expect(await getTask(store, owner, task.id)).toMatchObject({ status: "failed", error: expect.stringMatching(says) });
  expect(model.requests).toHaveLength(tries);
});

test("an answer that was cut off by its length stands, and says that it is cut", async () => {
  const store = await sqlite.store();
  const { task } = await taskWith(store, scriptedModel([[say("A long"), end("length")]]));
  await ended(store, task.runId);
  expect((await story(store, task.chatId)).slice(-3)).toEqual(["assistant: A long", "error model_length", "completed"]);
});

test("text that comes with calls is said on the way, other thoughts are reasoning, and each keeps the number under which it was streamed", async () => {
  const store = await sqlite.store();
  const step = [think("Hm."), say("I look."), call("echo")];
  const { task } = await taskWith(store, scriptedModel([step, [think("So."), say("Done.")]]));
  await ended(store, task.runId);
  expect(await dataOf(store, task.chatId, "thought")).toEqual([
    { text: "Hm.", part: "1.1" },
    { text: "I look.", part: "1.2", said: true },
    { text: "So.", part: "1.3" },
  ]);
  expect((await dataOf(store, task.chatId, "message")).at(-1)).toEqual({
    role: "assistant",
    text: "Done.",
    part: "1.4",
  });
  expect(await dataOf(store, task.chatId, "usage")).toMatchObject([
    { model: "scripted/model", inputTokens: 10, outputTokens: 5 },
    { model: "scripted/model", inputTokens: 10, outputTokens: 5 },
  ]);
});

test("F27: a run that asks for the same over and over ends as failed, and names what", async () => {
  const store = await sqlite.store();
  const model = scriptedModel(() => [call("echo", { text: "again" })]);
  const { owner, task } = await taskWith(store, model);
  expect(await ended(store, task.runId)).toMatchObject({ state: "failed", step: 3 });
  expect((await getTask(store, owner, task.id)).error).toBe(
    'it asked for the same over and over: echo {"text":"again"}',
  );
});

test("F27: a run that never ends by itself has a cap", async () => {
  const store = await sqlite.store();
  let n = 0;
  const model = scriptedModel(() => [call("echo", { text: `${n++}` })]);
  const { owner, task } = await taskWith(store, model);
  expect(await ended(store, task.runId)).toMatchObject({ state: "failed", step: 200 });
  expect((await getTask(store, owner, task.id)).error).toBe("it reached its limit of 200 steps");
});

test("a task's own limits of steps, tokens, money and minutes are checked before each model call", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  let n = 0;
  const model = scriptedModel(
    () => [call("echo", { text: `${n++}` }), spend({ inputTokens: 150_000, outputTokens: 50_000 })],
    { price: { input: 1, output: 1 } },
  );
  const slow = {
    ...model,
    async *step(request: Parameters<typeof model.step>[0]) {
      clock.step(20_000);
      yield* model.step(request);
    },
  };
  await startAgent(store, { model: slow, tools: [echoTool], concurrency: 1 });
  const failures = [
    { limits: { steps: 2 }, calls: 2, error: "it reached its limit of 2 steps" },
    { limits: { costUsd: 0.5 }, calls: 3, error: "it reached its limit of $0.5" },
    { limits: { tokens: 300_000 }, calls: 2, error: "it reached its limit of 300,000 tokens" },
    { limits: { minutes: 1 }, calls: 3, error: "it reached its limit of 1 minutes" },
  ];
  for (const { limits, calls, error } of failures) {
    const before = model.requests.length;
    const { task } = await addTask(store, owner, { instruction: "spend", limits });
    await ended(store, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "failed", error });
    expect(model.requests.length - before).toBe(calls);
  }
});

test("a limit of money on a model whose price nobody knows fails the task before its first call", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const model = scriptedModel([[say("Done.")]]);
  await startAgent(store, { model, tools: [] });
  const { task } = await addTask(store, owner, { instruction: "spend", limits: { costUsd: 5 } });
  await ended(store, task.runId);
  expect(await getTask(store, owner, task.id)).toMatchObject({
    status: "failed",
    error: "its limit of $5 cannot be kept: nobody has said what scripted/model costs; set SPARKY_MODEL_PRICES",
  });
  expect(model.requests).toEqual([]);
});

test("F8: a watcher that throws breaks no run, and other watchers get everything", async () => {
  const store = await sqlite.store();
  const failures: unknown[] = [];
  store.hub.onError = (error) => void failures.push(error);
  const { owner } = await people(store);
  const model = scriptedModel([[say("I look."), call("echo", { text: "x" })], [say("Done.")]]);
  const agent = await startAgent(store, { model, tools: [echoTool] });
  const { chat } = await createChat(store, owner, {});
  const boom = () => {
    throw new Error("a bad watcher");
  };
  store.hub.watch(chat.id, { events: boom, delta: boom, gone: boom });
  const seen: number[] = [];
  const deltas: string[] = [];
  const good = {
    events: (events: readonly { seq: number }[]) => void seen.push(...events.map((event) => event.seq)),
    delta: ({ text }: { text: string }) => void deltas.push(text),
    gone: () => {},
  };
  store.hub.watch(chat.id, good);
  for (const listen of ["onChanged", "onWake"] as const) store.hub[listen](boom);
  const { task } = await addTask(store, owner, { instruction: "go", chatId: chat.id });
  expect(await ended(store, task.runId)).toMatchObject({ state: "completed" });
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i + 2));
  expect(seen.length).toBeGreaterThan(8);
  expect(deltas.join("")).toBe("I look.Done.");
  expect(failures.length).toBeGreaterThan(10);
  const results = model.requests[1]?.messages.at(-1);
  expect(results).toMatchObject({ role: "tool", content: [{ toolName: "echo", output: { value: { echo: "x" } } }] });
  expect(agent.errors).toEqual([]);
});
