import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel, spend } from "../../test/kit/scripted-model.ts";
import { echoTool, ended } from "../../test/kit/worker.ts";
import { setLimits } from "../store/limits/change.ts";
import type { Store } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";

/** Each task is two calls, of so many tokens each. */
const twoCalls = (tokens: number) => {
  const used = spend({ inputTokens: tokens, outputTokens: 0 });
  return scriptedModel(
    ({ messages }) => (messages.some(({ role }) => role === "tool") ? [say("Done."), used] : [call("echo"), used]),
    { price: { input: 1000, output: 0 } },
  );
};

const toldIn = async (store: Store, chatId: string) => (await dataOf(store, chatId, "notice")).map(({ text }) => text);

eachEngine("a limit of which most is used", (engine) => {
  test("of a person is told of once in its day, and again when it was raised and most of that is used", async () => {
    const store = await engine.store({ clock: testClock(Date.UTC(2026, 0, 5, 9)) });
    const { owner, ann, bob } = await people(store);
    await setLimits(store, owner, ann, { tokensPerDay: 50_000, tokensPerMonth: 500_000 });
    await startAgent(store, { model: twoCalls(10_000), tools: [echoTool], concurrency: 1 });
    const worked = async (user: typeof ann) => {
      const { task } = await addTask(store, user, { instruction: "x" });
      expect(await ended(store, task.runId)).toMatchObject({ state: "completed" });
      return toldIn(store, task.chatId);
    };
    expect([await worked(ann), await worked(ann), await worked(bob)]).toEqual([[], [], []]);
    await setLimits(store, owner, ann, { tokensPerDay: 90_000 });
    expect(await worked(ann)).toEqual([]);
    await setLimits(store, owner, ann, { tokensPerDay: 75_000 });
    const told = await worked(ann);
    expect(told).toEqual([
      expect.stringMatching(/^80 % of the daily limit of 75,000 tokens is used; it begins anew at 00:00 /),
    ]);
    await setLimits(store, owner, ann, { tokensPerDay: 100_000 });
    expect(await worked(ann)).toEqual([expect.stringMatching(/^80 % of the daily limit of 100,000 tokens is used; /)]);
  });

  test("of a task is told of once for tokens and once for dollars, and the work goes on", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await startAgent(store, { model: twoCalls(17_000), tools: [echoTool] });
    const { task } = await addTask(store, ann, { instruction: "x", limits: { tokens: 20_000, costUsd: 20 } });
    expect(await ended(store, task.runId)).toMatchObject({ state: "completed", warned: "tokens costUsd " });
    expect(await toldIn(store, task.chatId)).toEqual([
      "85 % of the limit of 20,000 tokens of this task is used (17,000)",
      "85 % of the limit of $20 of this task is used ($17)",
    ]);
  });
});
