import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { embeddingServer } from "../../test/kit/embedding-server.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { say as sayIn, talk } from "../../test/kit/talk.ts";
import { ended } from "../../test/kit/worker.ts";
import { recallTool } from "../builtin-tools/recall.ts";
import { openEmbedder } from "../models/embedder.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { Embedding } from "../store/recall/embedding.ts";
import { indexRecall } from "../store/recall/indexing.ts";
import { Meaning } from "../store/recall/meaning.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";

const MOVERS = "The movers come on Friday at 09:30 with the big van.";
const ASKED = "When do the movers come with their van?";
const UNKNOWN = "I don't know when the movers come with their van.";

const asked = async (store: Store, who: User, chatId: string, text: string) =>
  ended(store, (await postMessage(store, who, chatId, { text })).runId);

/** Ids of the hits that the last call of `recall` in this chat gave, with why. */
async function hitsIn(store: Store, chatId: string): Promise<readonly { id: string; why: readonly string[] }[]> {
  const result = (await dataOf(store, chatId, "tool_result")).at(-1)?.result as { items?: [] } | undefined;
  return result?.items ?? [];
}

/** Looks once for what it is asked, then answers. */
const looker = (facts: { readonly contextTokens?: number } = {}) =>
  scriptedModel(
    ({ messages }) => (messages.at(-1)?.role === "tool" ? [say("Well.")] : [call("recall", { query: ASKED })]),
    facts,
  );

eachEngine("what stands before a run", (engine) => {
  test("is not recalled for it: neither this chat's words, nor the same question elsewhere; an answer that knew nothing comes last", async () => {
    const store = await engine.store();
    const { owner, agent } = await people(store);
    await startAgent(store, { model: looker(), tools: [recallTool(store)] });
    const known = await talk(store, owner, [[owner, MOVERS]]);
    const before = await talk(store, owner, [
      [owner, ASKED],
      [agent, UNKNOWN],
    ]);
    const { chat } = await createChat(store, owner, {});
    await sayIn(store, chat.id, [
      [owner, "The van of the movers is blue."],
      [agent, "The movers come with a blue van, I see."],
    ]);
    await asked(store, owner, chat.id, ASKED);
    const hits = await hitsIn(store, chat.id);
    expect(hits.map(({ id }) => id)).toEqual([`${known}.2`, `${before}.3`]);
    expect(hits[1]?.why).toContain("only says what it cannot do or does not know");
    // Elsewhere all of it is found.
    const other = (await createChat(store, owner, {})).chat.id;
    await asked(store, owner, other, "Look for it, please");
    const found = (await hitsIn(store, other)).map(({ id }) => id);
    expect(found).toEqual(expect.arrayContaining([`${known}.2`, `${before}.2`, `${chat.id}.2`]));
    expect(found.at(-1)).toBe(`${before}.3`);
  });

  test("is told where it does not fit any more, by the tool and before a run", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await startAgent(store, { model: looker({ contextTokens: 9000 }), tools: [recallTool(store)], recall: true });
    const { chat } = await createChat(store, owner, {});
    const talked = Array.from({ length: 60 }, (_, at) => `Line ${at}: ${"and so on ".repeat(60)}`);
    await sayIn(store, chat.id, [[owner, MOVERS], ...talked.map((text) => [owner, text] as const)]);
    await asked(store, owner, chat.id, ASKED);
    expect((await dataOf(store, chat.id, "recall"))[0]?.nodes.map(({ id }) => id)).toEqual([`${chat.id}.2`]);
    const hits = (await hitsIn(store, chat.id)).map(({ id }) => id);
    // With what stood beside it, which does not fit either.
    expect(hits).toEqual([2, 3, 4].map((seq) => `${chat.id}.${seq}`));
  });

  test("of a task is its instruction, as often as it was given", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await startAgent(store, { model: looker(), tools: [recallTool(store)], recall: true });
    const known = await talk(store, owner, [[owner, MOVERS]]);
    for (let n = 0; n < 3; n++) {
      const { task } = await addTask(store, owner, { instruction: ASKED });
      await ended(store, (await getTask(store, owner, task.id)).runId);
      expect((await hitsIn(store, task.chatId)).map(({ id }) => id)).toEqual([`${known}.2`]);
      expect((await dataOf(store, task.chatId, "recall"))[0]?.nodes.map(({ id }) => id)).toEqual([`${known}.2`]);
    }
  });
});

eachEngine("before a run, with an embedding model", (engine) => {
  test("what only means the same is brought in, what the agent did not know is not, and a greeting brings nothing", async () => {
    const store = await engine.store();
    const { owner, agent } = await people(store);
    const server = await embeddingServer();
    const settings = { model: null, modelUrl: server.url, providers: { SPARKY_MODEL_KEY: "test-key-000000" } };
    const embedder = openEmbedder(() => settings, "compatible/concepts");
    using meaning = new Meaning(store, embedder, { queryMs: 60_000 });
    const known = await talk(store, owner, [[owner, "My physician moved to Harbour Road."]]);
    await talk(store, owner, [[agent, "I cannot recommend a surgeon."]]);
    const smallTalk = ["Rain is likely.", "Bread is sold out.", "The bus was late.", "A quiet evening.", "Hi there!"];
    const lines = Array.from({ length: 40 }, (_, at) => `${smallTalk[at % smallTalk.length]} ${at}`);
    await talk(
      store,
      owner,
      lines.map((text) => [owner, text] as const),
    );
    while (!(await indexRecall(store, 500))) continue;
    const embedding = new Embedding(store, meaning);
    const never = new AbortController().signal;
    for (const failures: string[] = []; ;) {
      if ((await embedding.portion(never, (why) => failures.push(why))) >= 2000) break;
      expect(failures).toEqual([]);
    }
    await startAgent(store, { model: scriptedModel(() => [say("Well.")]), recall: true });
    const brought = async (text: string): Promise<readonly { id: string; why: string }[]> => {
      const { chat } = await createChat(store, owner, {});
      await asked(store, owner, chat.id, text);
      return (await dataOf(store, chat.id, "recall")).flatMap(({ nodes }) => nodes.map(({ id, why }) => ({ id, why })));
    };
    expect(await brought("Which doctor should I ask?")).toEqual([{ id: `${known}.2`, why: "similar in meaning" }]);
    expect(await brought("Hello there")).toEqual([]);
  });
});
