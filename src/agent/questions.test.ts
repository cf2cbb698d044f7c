import { expect, test } from "vitest";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel, stepsIn } from "../../test/kit/scripted-model.ts";
import { findingsOf } from "../../test/kit/verify-scene.ts";
import { testTool, until } from "../../test/kit/worker.ts";
import type { Json } from "../core/events.ts";
import { decideApproval, listApprovals } from "../store/approvals/approvals.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { requestStop } from "../store/endings/stop.ts";
import { away } from "../store/overview/away.ts";
import { answerQuestion } from "../store/questions/answer.ts";
import { listQuestions } from "../store/questions/questions.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";
import { NeedsAnswer, type Answered, type Asked } from "../tools/needs-answer.ts";
import { policyOf } from "../tools/policy.ts";

const ASK = call("ask_user", { question: "Which one?", choices: ["red", "blue"] });

/** Waits in the run until nothing more comes by itself. */
const waiting = (store: Store, chatId: string) =>
  until("the run waits", async () => (await story(store, chatId)).at(-1) === "waiting");

const status = (store: Store, viewer: User, id: string, wanted: string) =>
  until(`the task ${wanted}`, async () => (await getTask(store, viewer, id)).status === wanted);

async function asked(store: Store, viewer: User) {
  const { items } = await listQuestions(store, viewer);
  const [only, ...others] = items;
  if (only === undefined || others.length > 0) throw new Error(`${items.length} questions are open`);
  return only;
}

const resultIn = async (store: Store, chatId: string): Promise<Json | undefined> =>
  (await dataOf(store, chatId, "tool_result"))[0]?.result;

eachEngine("a question", (engine) => {
  test("is answered days later and after a restart, by the first who answers, and the run goes on with it", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner, ann } = await people(first);
    const model = scriptedModel((request) => (stepsIn(request) === 0 ? [ASK] : [say("blue it is")]));
    const before = await startAgent(first, { model });
    const { task } = await addTask(first, owner, { instruction: "paint it" });
    await status(first, owner, task.id, "waiting");
    await before.stop();
    await first[Symbol.asyncDispose]();

    const store = await engine.open(place);
    await startAgent(store, { model });
    const question = await asked(store, owner);
    expect(question).toMatchObject({ tool: "ask_user", text: "Which one?", choices: ["red", "blue"], canAnswer: true });
    expect(await listQuestions(store, ann)).toMatchObject({ items: [] });
    await expect(answerQuestion(store, ann, question.id, "red")).rejects.toMatchObject({ code: "not_found" });
    expect(await away(store, owner)).toMatchObject({
      waiting: 1,
      items: [{ kind: "asks", questionId: question.id, reason: "Which one?" }],
    });
    const answers = await Promise.allSettled([
      answerQuestion(store, owner, question.id, "blue"),
      answerQuestion(store, owner, question.id, "blue"),
    ]);
    expect(answers.map((each) => each.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await status(store, owner, task.id, "completed");
    expect(await resultIn(store, task.chatId)).toEqual({ answer: "blue", by: "owner" });
    const states = await dataOf(store, task.chatId, "question");
    expect(states.map(({ state, answer, by }) => ({ state, answer, by }))).toEqual([
      { state: "asked" },
      { state: "answered", answer: "blue", by: "owner" },
    ]);
    const reasons = (await dataOf(store, task.chatId, "status")).flatMap((data) =>
      data.state === "waiting" || data.state === "resumed" ? [data.reason] : [],
    );
    expect(reasons).toEqual(["question", "answer"]);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("takes a message as its answer, and what else was asked is withdrawn", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const danger = { ...testTool("danger", async () => "done"), policy: policyOf("ask") };
    const model = scriptedModel((request) =>
      stepsIn(request) === 0 ? [ASK, call("danger", { text: "x" })] : [say("so be it")],
    );
    await startAgent(store, { model, tools: [danger] });
    const { chat } = await createChat(store, owner, {});
    await postMessage(store, owner, chat.id, { text: "go" });
    await waiting(store, chat.id);
    await postMessage(store, owner, chat.id, { text: "neither: green" });
    await until("completed", async () => (await story(store, chat.id)).at(-1) === "completed");
    const results = await dataOf(store, chat.id, "tool_result");
    expect(results.find(({ name }) => name === "ask_user")?.result).toEqual({ answer: "neither: green", by: "owner" });
    expect(results.find(({ name }) => name === "danger")?.error).toContain("the person wrote instead");
    expect(await findingsOf(store)).toEqual([]);
  });

  test("goes with its run when that is stopped, and its call was not run", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await startAgent(store, { model: scriptedModel([[ASK]]) });
    const { task } = await addTask(store, owner, { instruction: "go" });
    await status(store, owner, task.id, "waiting");
    const question = await asked(store, owner);
    await requestStop(store, owner, { chatId: task.chatId });
    await status(store, owner, task.id, "cancelled");
    expect((await listQuestions(store, owner)).items).toEqual([]);
    await expect(answerQuestion(store, owner, question.id, "red")).rejects.toMatchObject({ code: "conflict" });
    const [result] = await dataOf(store, task.chatId, "tool_result");
    expect(result).toMatchObject({ ok: false, error: "not run: the run was stopped before it" });
    expect(await findingsOf(store)).toEqual([]);
  });

  test("of a tool that must not run twice leaves nothing unknown, and gives its state back with the answer", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const seen: (Answered | undefined)[] = [];
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, age: { type: "integer" } },
      required: ["name"],
    };
    const tool = testTool(
      "sign_up",
      async (_, { answer }) => {
        seen.push(answer);
        if (answer === undefined) throw new NeedsAnswer({ text: "Who?", schema, state: { round: 1 } });
        if ((answer.state as { round: number }).round === 1) {
          throw new NeedsAnswer({ text: "Sure?", state: { round: 2, who: answer.answer } });
        }
        return answer.state;
      },
      { idempotent: false },
    );
    const model = scriptedModel((request) => (stepsIn(request) === 0 ? [call("sign_up")] : [say("done")]));
    await startAgent(store, { model, tools: [{ ...tool, policy: policyOf("ask") }] });
    const { task } = await addTask(store, owner, { instruction: "go" });
    const approval = await until("an approval", async () => (await listApprovals(store, owner)).items[0]);
    await decideApproval(store, owner, approval.id, { decision: "approve" });
    const next = (text: string) =>
      until(text, async () => (await listQuestions(store, owner)).items.find((each) => each.text === text));
    const who = await next("Who?");
    await expect(answerQuestion(store, owner, who.id, "Ann")).rejects.toThrow("must be an object with name, age");
    await expect(answerQuestion(store, owner, who.id, { name: "Ann", age: 1.5 })).rejects.toThrow("a whole number");
    await answerQuestion(store, owner, who.id, { name: "Ann", age: 41 });
    await answerQuestion(store, owner, (await next("Sure?")).id, null);
    await status(store, owner, task.id, "completed");
    expect(await resultIn(store, task.chatId)).toEqual({ round: 2, who: { name: "Ann", age: 41 } });
    expect(seen.map((answer) => answer?.outcome)).toEqual([undefined, "answered", "declined"]);
    expect(await findingsOf(store)).toEqual([]);
  });
});

test("a question that nobody answers expires, in a schedule's run within a day, and the run goes on without it", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const model = scriptedModel((request) => (stepsIn(request) === 0 ? [ASK] : [say("without it")]));
  await startAgent(store, { model, pollMs: 3_600_000 });
  const { task } = await addTask(store, owner, { instruction: "go" }, { schedule: "nightly" });
  await status(store, owner, task.id, "waiting");
  const { id } = await asked(store, owner);
  await clock.advance(24 * 3_600_000 + 1000);
  await status(store, owner, task.id, "completed");
  expect(await resultIn(store, task.chatId)).toMatchObject({ answer: null, note: expect.stringContaining("in time") });
  await expect(answerQuestion(store, owner, id, "red")).rejects.toThrow("expired");
});

test("a message that was sent before the question is no answer to it: the question is withdrawn, and the model reads on", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const early = testTool("early", async () => {
    await postMessage(store, owner, chat.id, { text: "by the way" });
    return null;
  });
  const slow = testTool("slow", async (_, { answer }) => {
    if (answer !== undefined) return answer.outcome;
    await until("the message", async () => (await story(store, chat.id)).includes("user: by the way"));
    throw new NeedsAnswer({ text: "Well?", state: null });
  });
  const model = scriptedModel((request) => (stepsIn(request) === 0 ? [call("early"), call("slow")] : [say("read")]));
  await startAgent(store, { model, tools: [early, slow] });
  await postMessage(store, owner, chat.id, { text: "go" });
  await until("completed", async () => (await story(store, chat.id)).at(-1) === "completed");
  const results = await dataOf(store, chat.id, "tool_result");
  expect(results.find(({ name }) => name === "slow")?.result).toBe("withdrawn");
});

test.each<{ what: string; asks: Asked; says: string }>([
  { what: "without words", asks: { text: " ", state: null }, says: "has no words" },
  { what: "without end", asks: { text: "x".repeat(9000), state: null }, says: "longer than 8000" },
  {
    what: "with a nested form",
    asks: { text: "?", state: null, schema: { type: "object", properties: { a: { type: "object" } } } },
    says: "not a flat one",
  },
])("a question $what is asked of nobody, and its call fails", async ({ asks, says }) => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const tool = testTool("asks", async () => Promise.reject(new NeedsAnswer(asks)));
  await startAgent(store, { model: scriptedModel([[call("asks")], [say("k")]]), tools: [tool] });
  const { task } = await addTask(store, owner, { instruction: "go" });
  await status(store, owner, task.id, "completed");
  expect((await dataOf(store, task.chatId, "tool_result"))[0]?.error).toContain(says);
});
