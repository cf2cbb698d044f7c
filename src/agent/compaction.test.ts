import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, fail, gate, pause, say, scriptedModel, spend, type Step } from "../../test/kit/scripted-model.ts";
import { say as tell } from "../../test/kit/talk.ts";
import { ended, testTool } from "../../test/kit/worker.ts";
import { ModelError, type StepRequest } from "../models/model.ts";
import { estimateTokens } from "../models/tokens.ts";
import type { Store } from "../store/database/store.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { AGENT_ID, type User } from "../store/people/user.ts";
import { addTask } from "../store/tasks/add.ts";
import { verifyStore } from "../store/verify/verify.ts";

const AGENT: User = { id: AGENT_ID, name: "agent", role: "agent" } as unknown as User;

const isSummary = ({ instructions }: StepRequest): boolean => instructions.startsWith("A conversation between you");
const textOf = (request: StepRequest | undefined): string => JSON.stringify(request?.messages);

/** Keeps the decisions of what it is given, as a model does that does as it is told. */
const keepsDecisions = (request: StepRequest): Step => {
  const decisions = textOf(request).match(/Decision \d+: [a-z ]+/g) ?? [];
  return [say(`Decisions\n${[...new Set(decisions)].join("\n")}`)];
};

/** With what a provider would count. */
function counted(request: StepRequest, step: Step): Step {
  const inputTokens = estimateTokens(JSON.stringify([request.instructions, request.tools, request.messages]));
  return [...step, spend({ inputTokens, outputTokens: 5 })];
}

const sound = async (store: Store): Promise<void> => {
  for await (const finding of verifyStore(store)) throw new Error(JSON.stringify(finding));
};

const WINDOW = 8000;

eachEngine("a chat of 2,000 messages with a model of 8,000 tokens", (engine) => {
  test("F63 goes on, through a crash in the middle of summing up, and still knows the decision of message 3", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { ann } = await people(first);
    const { chat } = await createChat(first, ann, {});
    const lines = Array.from({ length: 1000 }, (_, at) => [
      [ann, at === 1 ? "Decision 3: the house is painted blue" : `Question ${at}: how is it with number ${at} today?`],
      [AGENT, `Number ${at} is as it was yesterday, and nothing needs to be done about it.`],
    ]).flat() as unknown as (readonly [User, string])[];
    await tell(first, chat.id, lines);

    const held = gate();
    let calls = 0;
    const before = scriptedModel(
      (request) => {
        if (!isSummary(request)) return [say("It is blue.")];
        return ++calls === 3 ? [say("Decis"), pause(held)] : keepsDecisions(request);
      },
      { contextTokens: WINDOW },
    );
    const agent = await startAgent(first, { model: before });
    const { runId } = await postMessage(first, ann, chat.id, { text: "What colour is the house painted in?" });
    await held.reached;
    expect(await dataOf(first, chat.id, "summary")).toHaveLength(2);
    await agent.stop();
    await first[Symbol.asyncDispose]();

    const second = await engine.open(place);
    const after = scriptedModel((request) => (isSummary(request) ? keepsDecisions(request) : [say("It is blue.")]), {
      contextTokens: WINDOW,
    });
    await startAgent(second, { model: after });
    expect(await ended(second, runId)).toMatchObject({ state: "completed", step: 1 });
    const answering = after.requests.at(-1);
    expect(textOf(answering)).toContain("Decision 3: the house is painted blue");
    expect(textOf(answering)).toContain("What colour is the house painted in?");
    for (const request of after.requests) {
      expect(estimateTokens(request.instructions + textOf(request))).toBeLessThan(WINDOW);
    }
    const summaries = await dataOf(second, chat.id, "summary");
    // What was summed up before the crash is not summed up again.
    expect(summaries).toHaveLength(2 + after.requests.length - 1);
    expect(summaries.every(({ upTo }, at) => upTo > (summaries[at - 1]?.upTo ?? 0))).toBe(true);
    expect(summaries.every(({ scope }) => scope === "chat")).toBe(true);
    const usages = await dataOf(second, chat.id, "usage");
    // The one that was cut off was being read.
    expect(usages).toHaveLength(summaries.length + 2);
    expect(usages.filter(({ estimated }) => estimated)).toHaveLength(1);
    await sound(second);

    // The next run begins behind it: with one call, as long as there is room.
    const next = await postMessage(second, ann, chat.id, { text: "And the door?" });
    const many = after.requests.length;
    await ended(second, next.runId);
    expect(after.requests).toHaveLength(many + 1);
    expect(textOf(after.requests.at(-1))).toContain("Decision 3");
  });
});

const PAGE = "a line of the page that was read and is long ".repeat(60);
const pages = testTool("page", async (text) => ({ page: text, holds: PAGE }));

/** A task that reads so many pages and then says what it has found. */
async function reading(store: Store, many: number, summing: (request: StepRequest) => Step) {
  const { ann } = await people(store);
  let read = 0;
  const model = scriptedModel(
    (request) => {
      if (isSummary(request)) return summing(request);
      return counted(request, read++ < many ? [call("page", { text: `page ${read}` })] : [say("All is read.")]);
    },
    { contextTokens: WINDOW },
  );
  const agent = await startAgent(store, { model, tools: [pages] });
  const { task } = await addTask(store, ann, { instruction: "Read every page of the book and say what it is about" });
  const run = await ended(store, task.runId);
  return { ann, agent, model, task, run };
}

eachEngine("a task that reads more than its model can hold", (engine) => {
  test("sums up for itself alone: who says something in its chat right behind it is answered from all that was said there", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const held = gate();
    let left = 20;
    const model = scriptedModel(
      (request) => {
        if (isSummary(request)) return [say("The pages so far are about whales.")];
        if (!textOf(request).includes("Read every page") || left < 0) return [say("Well.")];
        return left-- > 0 ? [call("page", { text: `page ${left}` })] : [say("All"), pause(held)];
      },
      { contextTokens: WINDOW },
    );
    const before = await startAgent(store, { model, tools: [pages] });
    const { chat } = await createChat(store, ann, {});
    await ended(store, (await postMessage(store, ann, chat.id, { text: "The house is painted blue" })).runId);
    const { task } = await addTask(store, ann, { instruction: "Read every page", chatId: chat.id });
    await held.reached;
    // What goes on with it begins behind its summary.
    await before.stop();
    await startAgent(store, { model, tools: [pages] });
    await ended(store, task.runId);
    expect((await dataOf(store, chat.id, "summary")).map(({ scope }) => scope)).toContain(task.id);
    await ended(store, (await postMessage(store, ann, chat.id, { text: "What colour is it?" })).runId);
    expect(textOf(model.requests.at(-1))).toMatch(/painted blue.*Read every page.*What colour is it/);
  });

  test("sums up its own steps, keeps its instruction, and begins each request as the one before until the next summary", async () => {
    const store = await engine.store();
    const { model, task, run, agent } = await reading(store, 40, () => [say("The pages so far are about whales.")]);
    expect(run).toMatchObject({ state: "completed", step: 41 });
    const summaries = await dataOf(store, task.chatId, "summary");
    expect(summaries.length).toBeGreaterThan(2);
    expect(summaries.length).toBeLessThan(12);
    expect(summaries.map(({ scope }) => scope)).toEqual(summaries.map(() => task.id));
    let breaks = 0;
    let before = "";
    for (const request of model.requests.filter((each) => !isSummary(each))) {
      const sent = textOf(request);
      expect(sent).toContain("Read every page of the book");
      expect(sent).toMatch(/\(It is \S+Z now\.\)/);
      if (!sent.startsWith(before.replace(/["\]}]+$/, ""))) breaks++;
      before = sent;
    }
    expect(breaks).toBe(summaries.length);
    expect(before).toContain("about whales");
    // Each summary was made of the one before it.
    expect(
      model.requests
        .filter(isSummary)
        .slice(1)
        .every((each) => textOf(each).includes("about whales")),
    ).toBe(true);
    expect(agent.errors).toEqual([]);
    await sound(store);
  });
});

const KEEPS_ON = /What followed could not be summed up/;

test.each([
  { what: "nothing", gives: [say("")] },
  { what: "only a thought", gives: [{ do: "say", kind: "thought", pieces: ["Hm."] } as const] },
  { what: "more than what it sums up", gives: [say("and so on ".repeat(4000))] },
])("a summary that gives $what is asked for once more, and then the work goes on without", async ({ gives }) => {
  const store = await sqlite.store();
  const { model, task, run } = await reading(store, 24, () => gives);
  expect(run).toMatchObject({ state: "completed", step: 25 });
  const summaries = await dataOf(store, task.chatId, "summary");
  expect(summaries.length).toBeGreaterThan(0);
  for (const { text } of summaries) expect(text).toMatch(KEEPS_ON);
  // None grows by all that could not be summed up before it.
  expect(Math.max(...summaries.map(({ text }) => text.length))).toBeLessThan(3000);
  expect(model.requests.filter(isSummary)).toHaveLength(summaries.length * 2);
  // What came of nothing was paid for all the same.
  const usages = await dataOf(store, task.chatId, "usage");
  expect(usages).toHaveLength(model.requests.length);
  expect(run.input_tokens).toBe(usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0));
});

test("a summary for which the model is too busy is tried again as every call is, and what was spent before is told", async () => {
  const store = await sqlite.store();
  const busy = new ModelError("model_overloaded", "the model is busy", { retryable: true, retryAfterMs: 1 });
  let tries = 0;
  const summing = (): Step => {
    tries++;
    if (tries === 1) return [say(""), spend({ inputTokens: 1000, outputTokens: 1 })];
    return tries === 2 ? [fail(busy)] : [say("Whales.")];
  };
  const { task, run } = await reading(store, 12, summing);
  expect(run.state).toBe("completed");
  const states = (await dataOf(store, task.chatId, "status")).map(({ state }) => state);
  expect(states).toEqual(["queued", "starting", "waiting", "resumed", "completed"]);
  const usages = await dataOf(store, task.chatId, "usage");
  expect(usages.map(({ inputTokens }) => inputTokens)).toContain(1000);
  expect(run.input_tokens).toBe(usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0));
});

test("one result that is larger than the window ends nothing, and is not summed up over and over", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const huge = testTool("huge", async () => "word ".repeat(6000));
  let read = 0;
  const model = scriptedModel(
    (request) => {
      if (isSummary(request)) return [say("A huge thing was read.")];
      return counted(request, read++ < 3 ? [call("huge", { text: `${read}` })] : [say("Done.")]);
    },
    { contextTokens: WINDOW },
  );
  await startAgent(store, { model, tools: [huge] });
  const { chat } = await createChat(store, ann, {});
  const { runId } = await postMessage(store, ann, chat.id, { text: "Read it thrice" });
  expect(await ended(store, runId)).toMatchObject({ state: "completed", step: 4 });
  expect(model.requests.filter(isSummary).length).toBeLessThanOrEqual(3);
  for (const request of model.requests) {
    expect(estimateTokens(textOf(request))).toBeLessThan(WINDOW);
  }
});

test("a summary that goes on without end is read no further than it may be long, and counted", async () => {
  const store = await sqlite.store();
  let words = 0;
  const endless = function* (): Generator<string> {
    for (; words < 1_000_000; words++) yield "and so on ";
  };
  const gives = (): Step => [{ do: "say", kind: "message", pieces: endless() as unknown as readonly string[] }];
  const { task, run } = await reading(store, 8, gives);
  expect(run).toMatchObject({ state: "completed", step: 9 });
  expect(words).toBeLessThan(50_000);
  const usages = await dataOf(store, task.chatId, "usage");
  expect(usages.filter(({ estimated }) => estimated === true).length).toBeGreaterThan(0);
  expect(run.output_tokens).toBe(usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0));
});

test("a summary that is stopped in its middle is counted, once, with the end of its run", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const held = gate();
  let read = 0;
  const model = scriptedModel(
    (request) =>
      isSummary(request)
        ? [say("All of it"), pause(held)]
        : counted(request, [call("page", { text: `page ${++read}` })]),
    { contextTokens: WINDOW },
  );
  const agent = await startAgent(store, { model, tools: [pages] });
  const { task } = await addTask(store, ann, { instruction: "Read every page of the book" });
  await held.reached;
  await agent.stopper.stop(ann, { chatId: task.chatId });
  const run = await ended(store, task.runId);
  expect(run.state).toBe("cancelled");
  const usages = await dataOf(store, task.chatId, "usage");
  const [summing, ...others] = usages.filter(({ estimated }) => estimated);
  expect(others).toEqual([]);
  expect(summing?.inputTokens).toBeGreaterThan(1000);
  expect(run.input_tokens).toBe(usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0));
});

test("words that fill most of the window and stay for what they ask are not summed up over and over", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  let read = 0;
  let sums = 0;
  const model = scriptedModel(
    (request) => {
      if (isSummary(request)) {
        if (++sums > 9) return [fail(new ModelError("model_bad_request", "no more of it", { retryable: false }))];
        return [say("Ann gave a long text.")];
      }
      return counted(request, read++ < 3 ? [call("page", { text: `page ${read}` })] : [say("Done.")]);
    },
    { contextTokens: WINDOW },
  );
  await startAgent(store, { model, tools: [pages] });
  const { chat } = await createChat(store, ann, {});
  const { runId } = await postMessage(store, ann, chat.id, {
    text: `Compare it with three pages: ${"word ".repeat(4300)}`,
  });
  expect(await ended(store, runId)).toMatchObject({ state: "completed", step: 4 });
  const upTo = (await dataOf(store, chat.id, "summary")).map((each) => each.upTo);
  expect(upTo).toEqual([...new Set(upTo)].toSorted((a, b) => a - b));
  expect(textOf(model.requests.at(-1))).toContain("Compare it with three pages");
});

test("what was recalled for one person is in no summary, which everybody reads", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const model = scriptedModel((request) => counted(request, [say(isSummary(request) ? "Small talk." : "Well.")]), {
    contextTokens: WINDOW,
  });
  await startAgent(store, { model, recall: true });
  const { chat: earlier } = await createChat(store, ann, {});
  await tell(store, earlier.id, [[ann, "The movers come on Tuesday at eight with the big van."]]);
  const { chat } = await createChat(store, ann, {});
  for (let at = 0; at < 12; at++) {
    const text = at === 0 ? "When do the movers come with their van?" : `Line ${at}: ${"and so on ".repeat(400)}`;
    await ended(store, (await postMessage(store, ann, chat.id, { text })).runId);
  }
  expect(await dataOf(store, chat.id, "recall")).not.toEqual([]);
  const summing = model.requests.filter(isSummary);
  expect(summing.length).toBeGreaterThan(0);
  expect(summing.map(textOf).join()).not.toContain("Tuesday");
  expect(model.requests.some((each) => textOf(each).includes("Tuesday"))).toBe(true);
});

test("a task in a chat keeps its own steps from the chat's summary, and the chat knows nothing of the task's", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const { chat } = await createChat(store, ann, {});
  const filler = Array.from(
    { length: 60 },
    (_, at) => [ann, `Decision ${at}: ${"we keep it as it was ".repeat(4)}`] as const,
  );
  await tell(store, chat.id, filler);
  let read = 0;
  const model = scriptedModel(
    (request) => {
      if (isSummary(request)) return keepsDecisions(request);
      const goesOn = textOf(request).includes("Read every page") && read++ < 12;
      return counted(request, goesOn ? [call("page", { text: `page ${read}` })] : [say("Yes.")]);
    },
    { contextTokens: WINDOW },
  );
  await startAgent(store, { model, tools: [pages] });
  const { task } = await addTask(store, ann, { instruction: "Read every page", chatId: chat.id });
  await ended(store, task.runId);
  const ofTask = await dataOf(store, chat.id, "summary");
  expect(ofTask.length).toBeGreaterThan(0);
  expect(ofTask.every(({ scope }) => scope === task.id)).toBe(true);
  const { runId } = await postMessage(store, ann, chat.id, { text: "All well?" });
  await ended(store, runId);
  const scopes = (await dataOf(store, chat.id, "summary")).slice(ofTask.length).map(({ scope }) => scope);
  expect(scopes.every((scope) => scope === "chat")).toBe(true);
  const last = textOf(model.requests.at(-1));
  expect(last).toContain("Decision 0");
  expect(last).not.toContain("a line of the page");
});
