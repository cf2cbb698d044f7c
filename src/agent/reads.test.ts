import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { echoTool, ended, until } from "../../test/kit/worker.ts";
import type { NewEvent } from "../core/events.ts";
import { AGENT_ACTOR, userActor } from "../store/people/actors.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Store } from "../store/database/store.ts";
import { createSchedule, runScheduleNow } from "../store/schedules/change.ts";

/** A store whose reads outside of transactions are counted, in characters. */
function counted(store: Store): { readonly store: Store; characters: number } {
  const count = { store, characters: 0 };
  const db = store.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: ({ result }) => {
      count.characters += JSON.stringify(result.rows).length;
      return Promise.resolve(result);
    },
  });
  count.store = new Proxy(store, {
    get(target, name) {
      if (name === "db") return db;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return count;
}

const WORDS = "x".repeat(2000);
const SENTENCE = "It has rained here all day, ".repeat(10);

eachEngine("a run", (engine) => {
  test("F70: reads each of its events and steps once, however many steps it takes", async () => {
    const read: number[] = [];
    for (const steps of [10, 30]) {
      const store = await engine.store();
      const { owner } = await people(store);
      const script = Array.from({ length: steps }, (_, n) => [call("echo", { text: `${n} ${WORDS}` })]);
      const model = scriptedModel([...script, [say("Done.")]]);
      const reads = counted(store);
      const agent = await startAgent(reads.store, { model, tools: [echoTool] });
      const { chat } = await createChat(store, owner, {});
      const { runId } = await postMessage(store, owner, chat.id, { text: "Go on" });
      expect(await ended(store, runId)).toMatchObject({ state: "completed", step: steps + 1 });
      read.push(reads.characters);
      expect(agent.errors).toEqual([]);
    }
    const [few = 0, many = 0] = read;
    // Each step's arguments and result are read several times over (event, step, outcome), but not once for each later step.
    expect(many).toBeLessThan(few * 4);
    expect(many).toBeGreaterThan(30 * WORDS.length);
  });

  test("F70: of a long chat reads what was added since the run before it, and is told all of it", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const reads = counted(store);
    const model = scriptedModel(({ messages }) => [
      say(`Answer ${messages.filter(({ role }) => role === "user").length}`),
    ]);
    const { chat } = await createChat(store, owner, {});
    const said = (text: string): NewEvent => ({
      ...{ type: "message", data: { role: "user", text }, runId: null, taskId: null, step: null },
      actor: userActor(owner),
    });
    for (let n = 0; n < 200; n += 100) {
      const old = Array.from({ length: 100 }, (_, at) => said(`${n + at} ${SENTENCE}`));
      await store.append({ chatId: chat.id, events: old });
    }
    const agent = await startAgent(reads.store, { model });
    const turn = async (text: string): Promise<{ characters: number; told: string }> => {
      reads.characters = 0;
      const { runId } = await postMessage(store, owner, chat.id, { text });
      expect(await ended(store, runId)).toMatchObject({ state: "completed" });
      return { characters: reads.characters, told: JSON.stringify(model.requests.at(-1)?.messages) };
    };
    const first = await turn("First");
    expect(first.characters).toBeGreaterThan(200 * SENTENCE.length);
    const second = await turn("Second");
    expect(second.characters).toBeLessThan(100 * SENTENCE.length);
    // What others have said meanwhile is read too, whatever wrote it.
    await store.append({ chatId: chat.id, events: [said("By the way")] });
    const third = await turn("Third");
    expect(third.characters).toBeLessThan(100 * SENTENCE.length);
    for (const told of ["199 It", "First", "Second", "By the way", "Third"]) expect(third.told).toContain(told);
    // The same as who has read nothing before is told.
    await agent.stop();
    await startAgent(reads.store, { model });
    const anew = await turn("Fourth");
    expect(anew.characters).toBeGreaterThan(200 * SENTENCE.length);
    expect(anew.told.slice(0, third.told.length - 2)).toBe(third.told.slice(0, -2));
  });

  test("F70: of a schedule with a long history decodes its own events and a few last words", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await createSchedule(store, owner, { name: "tidy", when: "every(1 hour)", prompt: "Tidy up" });
    const model = scriptedModel(Array.from({ length: 6 }, (_, n) => [say(`Run ${n}`)]));
    const reads = counted(store);
    await startAgent(reads.store, { model });
    let chatId = "";
    const runOnce = async (): Promise<void> => {
      const task = await runScheduleNow(store, owner, "tidy");
      chatId = task.chatId ?? "";
      await until("its end", async () => {
        const row = await store.db
          .selectFrom("tasks")
          .select("status")
          .where("id", "=", task.id)
          .executeTakeFirstOrThrow();
        return row.status === "completed";
      });
    };
    for (let n = 0; n < 4; n++) await runOnce();
    reads.characters = 0;
    await runOnce();
    const before = reads.characters;
    const old: NewEvent[] = Array.from({ length: 500 }, () => ({
      type: "thought",
      data: { text: WORDS },
      runId: "an earlier run",
      taskId: "an earlier task",
      step: 1,
      actor: AGENT_ACTOR,
    }));
    for (let n = 0; n < 500; n += 100) await store.append({ chatId, events: old.slice(n, n + 100) });
    reads.characters = 0;
    await runOnce();
    expect(reads.characters).toBeLessThan(before + 10 * WORDS.length);
    const told = JSON.stringify(model.requests.at(-1)?.messages);
    expect(told.match(/Run \d|Tidy up/g)).toEqual(["Run 2", "Run 3", "Run 4", "Tidy up"]);
  });
});
