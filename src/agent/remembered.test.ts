import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { ended, until } from "../../test/kit/worker.ts";
import { factTools } from "../builtin-tools/memory/facts.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Store } from "../store/database/store.ts";
import { entity, listFacts } from "../store/facts/list.ts";
import type { User } from "../store/people/user.ts";
import { createSchedule, runScheduleNow } from "../store/schedules/change.ts";
import { scheduleHistory } from "../store/schedules/read.ts";
import { tickSchedules } from "../store/schedules/tick.ts";

const DAY_MS = 86_400_000;
const MONDAY = Date.UTC(2026, 2, 2, 10);
const PEANUTS = "My sister Clara is allergic to peanuts";

/** Remembers and forgets as it is asked to; orders what the memory that it is given allows. */
const waiter = () =>
  scriptedModel(({ messages }) => {
    const text = JSON.stringify(messages);
    const last = messages.at(-1);
    if (last?.role === "tool") return [say("Done.")];
    const [words = ""] = String(last?.content).split("\n");
    if (words.startsWith("Remember that "))
      return [call("remember", { text: PEANUTS, subject: "Clara", subjectType: "person" })];
    if (words.startsWith("Forget that")) return [call("forget", { fact: PEANUTS })];
    const known = /\[m:([^\]]+)\] [^\n]*?peanuts/.exec(text);
    return [say(known === null ? "Satay for all." : `No peanuts for Clara [m:${known[1]}].`)];
  });

async function tell(store: Store, who: User, text: string): Promise<string> {
  const { chat } = await createChat(store, who, {});
  await ended(store, (await postMessage(store, who, chat.id, { text })).runId);
  return chat.id;
}

/** On PostgreSQL the database's clock decides what is due, so a person runs it. */
async function onFriday(store: Store, who: User, many: number): Promise<string> {
  if (store.kind === "sqlite") await tickSchedules(store);
  else await runScheduleNow(store, who, "lunch");
  const row = await until("the schedule's run", async () => {
    const { items } = await scheduleHistory(store, who, "lunch", {});
    return items.length === many && items[0]?.endedAt !== null && items[0];
  });
  const task = await store.db
    .selectFrom("tasks")
    .select("result")
    .where("id", "=", row.taskId ?? "")
    .executeTakeFirstOrThrow();
  return task.result ?? "";
}

eachEngine("beside its last words", (engine) => {
  const said = "I always fly from Lisbon";
  const proposal = { text: "Ann flies from Lisbon airport", proposed: true };
  const answer = async (store: Store, steps: Parameters<typeof scriptedModel>[0]) => {
    const { ann } = await people(store);
    const model = scriptedModel(steps);
    await startAgent(store, { model, tools: factTools(store) });
    const chat = await tell(store, ann, said);
    const [last] = (await dataOf(store, chat, "message")).filter(({ role }) => role === "assistant");
    const proposed = (await listFacts(store, ann, { status: "proposed" })).items.map(({ text }) => text);
    return { steps: model.requests.length, last: last?.text, proposed };
  };

  test("a run proposes facts without another call of the model", async () => {
    const steps = [[say("Have a good flight."), call("remember", { ...proposal, last: true })]];
    expect(await answer(await engine.store(), steps)).toEqual({
      ...{ steps: 1, last: "Have a good flight.", proposed: [proposal.text] },
    });
  });

  test("what is refused of it changes nothing of the answer", async () => {
    const page = { text: "The owner sells the house to evil.example", proposed: true, last: true };
    const steps = [[say("Have a good flight."), call("remember", page)]];
    expect(await answer(await engine.store(), steps)).toEqual({ steps: 1, last: "Have a good flight.", proposed: [] });
  });

  test.each([
    { what: "that is not its last", calls: [call("remember", proposal)] },
    { what: "that is no proposal", calls: [call("remember", { text: said, last: true })] },
    {
      what: "beside another call",
      calls: [call("remember", { ...proposal, last: true }), call("forget", {}, "other")],
    },
  ])("a call $what is answered as every call is", async ({ calls }) => {
    const steps = [[say("A moment."), ...calls], [say("Have a good flight.")]];
    expect(await answer(await engine.store(), steps)).toMatchObject({ steps: 2, last: "Have a good flight." });
  });
});

eachEngine("what a person says in a chat on Monday", (engine) => {
  test("is used by a scheduled task on Friday with its citation, after a restart, and no longer after 'forget that'", async () => {
    const place = await engine.place();
    const clock = testClock(MONDAY);
    const deps = engine.kind === "sqlite" ? { clock } : {};
    const monday = await engine.open(place, deps);
    const { owner } = await people(monday);
    const before = await startAgent(monday, { model: waiter(), tools: factTools(monday), recall: true });
    const prompt = "Order lunch for my sister Clara and the others";
    await createSchedule(monday, owner, { name: "lunch", when: "cron(0 12 * * 5)", prompt, timezone: "UTC" });
    const chat = await tell(monday, owner, `Remember that ${PEANUTS}`);
    const [fact] = (await listFacts(monday, owner, {})).items;
    expect(fact).toMatchObject({ text: PEANUTS, subject: { name: "Clara" }, sources: [{ chatId: chat, seq: 2 }] });
    await before.stop();
    await monday[Symbol.asyncDispose]();

    if (engine.kind === "sqlite") clock.step(4 * DAY_MS + 2 * 3_600_000);
    const friday = await engine.open(place, deps);
    await startAgent(friday, { model: waiter(), tools: factTools(friday), recall: true });
    expect(await onFriday(friday, owner, 1)).toBe(`No peanuts for Clara [m:${fact?.id}].`);
    const [row] = (await scheduleHistory(friday, owner, "lunch", {})).items;
    const task = await friday.db
      .selectFrom("tasks")
      .select("chat_id")
      .where("id", "=", row?.taskId ?? "")
      .executeTakeFirstOrThrow();
    const [brought] = await dataOf(friday, task.chat_id, "recall");
    // The message that says the same is not told beside it.
    expect(brought?.nodes.map(({ id, kind }) => [id, kind])).toContainEqual([fact?.id, "fact"]);
    expect(brought?.nodes.map(({ id }) => id)).not.toContain(`${chat}.2`);
    expect((await listFacts(friday, owner, {})).items).toMatchObject([{ uses: 1 }]);
    const { usedIn } = await entity(friday, owner, fact?.subject.id ?? "");
    expect(usedIn).toMatchObject({ count: 1, runs: [{ chatId: task.chat_id }] });

    await tell(friday, owner, `Forget that ${PEANUTS}`);
    expect((await listFacts(friday, owner, {})).items).toEqual([]);
    if (engine.kind === "sqlite") clock.step(7 * DAY_MS);
    expect(await onFriday(friday, owner, 2)).toBe("Satay for all.");
    const rows = await friday.db.selectFrom("recalled").select("text").execute();
    expect(rows.filter(({ text }) => text.includes("peanuts"))).toEqual([]);
  });
});

eachEngine("what is pinned", (engine) => {
  test("is told to every run, whatever it is about, and takes 300 tokens at most", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const model = scriptedModel(({ messages }) => {
      const [words = ""] = String(messages.at(-1)?.content).split("\n");
      return words.startsWith("I ") ? [call("remember", { text: words })] : [say("Hello.")];
    });
    await startAgent(store, { model, tools: factTools(store), recall: true });
    const said = Array.from({ length: 12 }, (_, at) => `I have ${at} ${"very ".repeat(40)} old bicycle${at}`);
    for (const text of said) await tell(store, ann, text);
    const chat = await tell(store, ann, "Good morning");
    const [brought] = await dataOf(store, chat, "recall");
    expect(brought?.nodes.length).toBeGreaterThan(1);
    expect(brought?.nodes.every(({ why }) => why === "pinned")).toBe(true);
    const { text } = await store.db
      .selectFrom("recalled")
      .select("text")
      .where("chat_id", "=", chat)
      .executeTakeFirstOrThrow();
    expect(text.length).toBeLessThan(2000);
    expect(text).toContain("bicycle11");
  });
});
