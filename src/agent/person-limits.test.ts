import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, gate, pause, say, scriptedModel, spend } from "../../test/kit/scripted-model.ts";
import { echoTool, ended, until } from "../../test/kit/worker.ts";
import { createChat, deleteChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { setLimits } from "../store/limits/change.ts";
import { standingOf } from "../store/limits/standing.ts";
import { putTimesRight } from "../store/endings/times.ts";
import { runRow } from "../store/runs/run.ts";
import type { Store } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";
import { away } from "../store/overview/away.ts";
import { getTask, listTasks } from "../store/tasks/read.ts";

const HOUR = 3_600_000;
const used = spend({ inputTokens: 9000, outputTokens: 2000 });

/** Each message and task is one call of 11,000 tokens, and a second one that ends it. */
const twoSteps = (price: { input: number; output: number } | null = { input: 1000, output: 0 }) =>
  scriptedModel(
    ({ messages }) => (messages.some(({ role }) => role === "tool") ? [say("Done."), used] : [call("echo"), used]),
    {
      price,
    },
  );

const waiting = (store: Store, runId: string | null) =>
  until("the run to wait", async () => {
    const run = await runRow(store.db, runId ?? "");
    return run.state === "waiting" && run;
  });

const spentBy = async (store: Store, userId: string) => {
  const { day, month } = await standingOf(store.db, userId, { now: store.clock.now(), zone: "UTC" });
  return [day.tokens, month.tokens];
};

eachEngine("a person's limits", (engine) => {
  test("let a run wait, in words, until the day begins anew, and it goes on by itself; nobody else waits", async () => {
    const clock = testClock(Date.UTC(2026, 0, 5, 9));
    const store = await engine.store({ clock });
    const { owner, ann, bob } = await people(store);
    await setLimits(store, owner, ann, { tokensPerDay: 10_000 });
    await startAgent(store, { model: twoSteps(), tools: [echoTool] });
    const { task } = await addTask(store, ann, { instruction: "hers" });
    const run = await waiting(store, task.runId);
    expect(run).toMatchObject({ wait_reason: "limit", not_before: Date.UTC(2026, 0, 6), step: 1 });
    expect((await dataOf(store, run.chat_id, "status")).at(-1)).toEqual({
      state: "waiting",
      reason: "limit",
      until: "2026-01-06T00:00:00.000Z",
      message: "The daily limit of 10,000 tokens is used up (11,000 used); it begins anew at 00:00 (UTC)",
    });
    const told = "The daily limit of 10,000 tokens is used up (11,000 used); it begins anew at 00:00 (UTC)";
    expect(await getTask(store, ann, task.id)).toMatchObject({ status: "waiting", progress: { current: told } });
    expect((await listTasks(store, ann)).items.map(({ progress }) => progress.current)).toEqual([told]);
    const missed = await away(store, ann);
    expect(missed.items).toMatchObject([{ kind: "waits", taskId: task.id, title: "hers", reason: told }]);
    expect(missed).toMatchObject({ total: 1, totals: { waits: 1 } });
    const his = await addTask(store, bob, { instruction: "his" });
    expect(await ended(store, his.task.runId)).toMatchObject({ state: "completed" });
    expect([await spentBy(store, ann.id), await spentBy(store, bob.id)]).toEqual([
      [11_000, 11_000],
      [22_000, 22_000],
    ]);
    clock.step(15 * HOUR);
    // The fallback of the loop looks at the clock.
    await clock.advance(10_000);
    expect(await ended(store, task.runId)).toMatchObject({ state: "completed", step: 2 });
    expect((await dataOf(store, run.chat_id, "status")).map(({ state }) => state)).toEqual([
      ...["queued", "starting", "waiting", "resumed", "completed"],
    ]);
    expect(await spentBy(store, ann.id)).toEqual([11_000, 22_000]);
    expect((await getTask(store, ann, task.id)).progress.current).toBeNull();
    expect((await away(store, ann)).items.map(({ kind }) => kind)).toEqual(["completed"]);
  });

  test.each([
    { what: "in its middle", words: [say("A long answer, nearly all of which was read. ")], least: 8 },
    { what: "before its first word", words: [], least: 0 },
  ])("F93: count an answer that was stopped $what, once, with its end", async ({ words, least }) => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    const held = gate();
    const model = scriptedModel([[...words, pause(held)]], { price: { input: 1000, output: 2000 } });
    const agent = await startAgent(store, { model });
    const { chat } = await createChat(store, ann, {});
    const { runId } = await postMessage(store, ann, chat.id, { text: "Hello" });
    await held.reached;
    await agent.stopper.stop(ann, { chatId: chat.id });
    const run = await ended(store, runId);
    const [usage, ...more] = await dataOf(store, chat.id, "usage");
    expect(usage).toMatchObject({ estimated: true, outputTokens: expect.any(Number) as number });
    expect(more).toEqual([]);
    const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
    expect(inputTokens).toBeGreaterThan(100);
    expect(outputTokens).toBeGreaterThanOrEqual(least);
    expect(run).toMatchObject({ state: "cancelled", input_tokens: inputTokens, output_tokens: outputTokens });
    expect(run.cost_usd).toBeCloseTo((inputTokens * 1000 + outputTokens * 2000) / 1e6);
    expect(await spentBy(store, ann.id)).toEqual([inputTokens + outputTokens, inputTokens + outputTokens]);
    await setLimits(store, owner, ann, { tokensPerDay: 100 });
    const next = await postMessage(store, ann, chat.id, { text: "Again" });
    expect((await waiting(store, next.runId)).reason).toMatch(/^The daily limit of 100 tokens is used up/);
    expect(model.requests.length).toBe(1);
  });

  test("F93: count an answer whose chat is deleted in its middle", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const held = gate();
    const model = scriptedModel([[say("A long answer, nearly all of which was read. "), pause(held)]]);
    const agent = await startAgent(store, { model });
    const { chat } = await createChat(store, ann, {});
    await postMessage(store, ann, chat.id, { text: "Hello" });
    await held.reached;
    await deleteChat(store, ann, chat.id);
    await until("a free worker", () => agent.loop.size === 0);
    const [day = 0, month] = await spentBy(store, ann.id);
    expect(day).toBeGreaterThan(100);
    expect(month).toBe(day);
    expect(agent.errors).toEqual([]);
  });

  test("of money end with the month, and let go at once when an owner takes them away", async () => {
    const store = await engine.store({ clock: testClock(Date.UTC(2026, 0, 5, 9)) });
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { dollarsPerMonth: 5, tokensPerDay: 5000 });
    await startAgent(store, { model: twoSteps(), tools: [echoTool] });
    const { chat } = await createChat(store, ann, {});
    const { runId } = await postMessage(store, ann, chat.id, { text: "Hello" });
    expect(await waiting(store, runId)).toMatchObject({
      not_before: Date.UTC(2026, 1, 1),
      reason: "The monthly limit of $5 is used up ($9 used); it begins anew on 1 February at 00:00 (UTC)",
    });
    await setLimits(store, owner, ann, { dollarsPerMonth: null });
    const said = async () => (await dataOf(store, chat.id, "status")).flatMap((each) => each.message);
    await until("the other limit", async () => (await said()).at(-1)?.startsWith("The daily limit of 5,000 tokens"));
    await waiting(store, runId);
    await setLimits(store, owner, ann, { tokensPerDay: null });
    expect(await ended(store, runId)).toMatchObject({ state: "completed", step: 2 });
  });

  test("are looked at with what the next call sends: one that would pass them is not made, and both numbers are told", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { tokensPerDay: 1000 });
    const model = twoSteps();
    await startAgent(store, { model, tools: [echoTool] });
    const { task } = await addTask(store, ann, { instruction: "hers" });
    expect((await waiting(store, task.runId)).reason).toMatch(
      /^The daily limit of 1,000 tokens is less than the next call sends \(about \d,\d+\): it goes on when an owner raises the limit$/,
    );
    expect(model.requests).toEqual([]);
    await setLimits(store, owner, ann, { tokensPerDay: 12_000 });
    const run = await until("the next step to wait", async () => {
      const row = await runRow(store.db, task.runId ?? "");
      return row.step === 1 && row.state === "waiting" && row;
    });
    expect(run.reason).toMatch(
      /^The daily limit of 12,000 tokens would be passed: 11,000 used, and the next call sends about \d,\d+; it begins anew at 00:00 /,
    );
    expect(model.requests.length).toBe(1);
    await setLimits(store, owner, ann, { tokensPerDay: null, dollarsPerMonth: 10 });
    const next = async () => (await runRow(store.db, task.runId ?? "")).reason;
    await until("the limit of money", async () =>
      /^The monthly limit of \$10 would be passed: \$9 used, and what the next call sends costs about \$\d/.test(
        (await next()) ?? "",
      ),
    );
    await setLimits(store, owner, ann, { dollarsPerMonth: 20 });
    expect(await ended(store, task.runId)).toMatchObject({ state: "completed", step: 2 });
    expect(await spentBy(store, ann.id)).toEqual([22_000, 22_000]);
  });

  test("of requests count each call of a model, in the day and in the month", async () => {
    const clock = testClock(Date.UTC(2026, 0, 5, 9));
    const store = await engine.store({ clock });
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { requestsPerDay: 1, requestsPerMonth: 2 });
    await startAgent(store, { model: twoSteps(), tools: [echoTool] });
    const { task } = await addTask(store, ann, { instruction: "hers" });
    expect(await waiting(store, task.runId)).toMatchObject({
      step: 1,
      reason: "The daily limit of 1 request is used up (1 used); it begins anew at 00:00 (UTC)",
    });
    clock.step(15 * HOUR);
    await clock.advance(10_000);
    expect(await ended(store, task.runId)).toMatchObject({ state: "completed", step: 2 });
    const next = (await addTask(store, ann, { instruction: "more" })).task;
    expect(await waiting(store, next.runId)).toMatchObject({
      step: 0,
      reason: "The monthly limit of 2 requests is used up (2 used); it begins anew on 1 February at 00:00 (UTC)",
    });
    const { day, month } = await standingOf(store.db, ann.id, { now: clock.now(), zone: "UTC" });
    expect([day.requests, month.requests]).toEqual([1, 2]);
  });

  test("are asked again when a person writes to what waits, and no word is lost", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { tokensPerMonth: 1 });
    const model = twoSteps();
    await startAgent(store, { model, tools: [echoTool] });
    const { chat } = await createChat(store, ann, {});
    const { runId } = await postMessage(store, ann, chat.id, { text: "one" });
    await waiting(store, runId);
    const calls = model.requests.length;
    expect((await postMessage(store, ann, chat.id, { text: "two" })).runId).toBe(runId);
    const states = async () => (await dataOf(store, chat.id, "status")).map(({ state }) => state);
    await until(
      "the run to wait again",
      async () => (await states()).filter((each) => each === "waiting").length === 2,
    );
    expect(model.requests.length).toBe(calls);
    expect((await away(store, ann)).totals.waits).toBe(1);
    await setLimits(store, owner, ann, { tokensPerMonth: null });
    await ended(store, runId);
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain("two");
  });

  test("of money fail what a model does whose price nobody knows: no wait would end that", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await setLimits(store, owner, ann, { dollarsPerDay: 5 });
    const model = twoSteps(null);
    await startAgent(store, { model, tools: [echoTool] });
    const { task } = await addTask(store, ann, { instruction: "x" });
    expect(await ended(store, task.runId)).toMatchObject({ state: "failed" });
    expect((await getTask(store, ann, task.id)).error).toBe(
      "a limit of dollars cannot be kept: nobody has said what scripted/model costs; the owner sets SPARKY_MODEL_PRICES",
    );
    expect(model.requests).toEqual([]);
  });

  test("count what was spent by a clock that was ahead as spent when it was put right, once", async () => {
    const clock = testClock(Date.UTC(2026, 0, 5, 9));
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    await startAgent(store, { model: twoSteps(), tools: [echoTool] });
    for (const ahead of [400 * 24 * HOUR, 0]) {
      clock.step(ahead);
      await ended(store, (await addTask(store, ann, { instruction: "x" })).task.runId);
      clock.step(-ahead);
      // As two nodes would.
      await Promise.all([putTimesRight(store, clock.now()), putTimesRight(store, clock.now())]);
    }
    expect(await spentBy(store, ann.id)).toEqual([44_000, 44_000]);
    expect((await standingOf(store.db, ann.id, { now: clock.now(), zone: "UTC" })).day.requests).toBe(4);
    const { total } = await store.db
      .selectFrom("user_spent")
      .select((eb) => eb.fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    expect(Number(total)).toBe(1);
  });
});
