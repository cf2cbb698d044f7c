import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, postgres, sqlite, type Engine } from "../../../test/kit/databases.ts";
import { embeddingServer, type EmbeddingServer } from "../../../test/kit/embedding-server.ts";
import { addGraph } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { say, talk } from "../../../test/kit/talk.ts";
import { openEmbedder } from "../../models/embedder.ts";
import { deleteChat } from "../chats/chats.ts";
import { forkChat } from "../chats/fork.ts";
import { purgeDeleted } from "../endings/purge.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { Embedding } from "./embedding.ts";
import { forgetChat, indexRecall } from "./indexing.ts";
import { Meaning } from "./meaning.ts";
import { recall, type RecallQuery } from "./recall.ts";

const never = new AbortController().signal;
const SIMILAR = "similar in meaning";

const SMALL_TALK = [
  "Rain is likely.",
  "Bread is sold out.",
  "The bus was late.",
  "A quiet evening.",
  "Good night then.",
];

interface Mind {
  readonly meaning: Meaning;
  /** Has everything indexed, and as much embedded as the provider allows; what it did instead. */
  settle(): Promise<readonly string[]>;
}

function mindOf(store: Store, server: EmbeddingServer, asked = "compatible/concepts", mostItems?: number): Mind {
  const settings = { model: null, modelUrl: server.url, providers: { SPARKY_MODEL_KEY: "test-key-000000" } };
  const meaning = new Meaning(
    store,
    openEmbedder(() => settings, asked),
    { queryMs: 60_000 },
  );
  const embedding = new Embedding(store, meaning, mostItems);
  return {
    meaning,
    async settle() {
      while (!(await indexRecall(store, 500))) continue;
      for (const failures: string[] = []; ;) {
        const wait = await embedding.portion(never, (why) => failures.push(why));
        if (wait >= 2000) return failures;
      }
    },
  };
}

async function scene(store: Store) {
  const { owner, ann, bob } = await people(store);
  const chat = await talk(store, ann, [[ann, "My physician wants to see me on Tuesday."], ...lines(ann, SMALL_TALK)]);
  const secret = await talk(store, bob, lines(bob, ["A surgeon moved in next door.", ...SMALL_TALK]));
  await addGraph(store, ann.id, [
    { type: "thing", name: "Rex", content: "A hound that barks" },
    { type: "thing", name: "Oak", content: "A tree" },
    { type: "thing", name: "Ink", content: "It is blue" },
  ]);
  return { owner, ann, bob, chat, secret };
}

const lines = (who: User, texts: readonly string[]) => texts.map((text) => [who, text] as const);

const ask = (store: Store, viewer: User, query: string, more: Partial<RecallQuery> = {}) =>
  recall(store, { viewer, within: null }, { query, ...more });

const vectorsIn = ({ db }: Store) => db.selectFrom("recall_vectors").selectAll().orderBy("item_id").execute();

const open = async (engine: Engine) => {
  const clock = testClock(Date.UTC(2026, 2, 2, 9));
  const store = await engine.store({ clock });
  return { store, clock, server: await embeddingServer(), ...(await scene(store)) };
};

eachEngine("recall by meaning", (engine) => {
  test("finds what has none of the words, says so, and shows each person only what they may see", async () => {
    const { store, server, ann, bob, owner, chat, secret } = await open(engine);
    expect((await ask(store, ann, "doctor")).items).toEqual([]);
    const mind = mindOf(store, server);
    expect(await mind.settle()).toEqual([]);
    const { items, note } = await ask(store, ann, "Which doctor?");
    expect(note).toBeUndefined();
    expect(items[0]).toMatchObject({ id: `${chat}.2`, why: [SIMILAR] });
    expect(items.some(({ id }) => id.startsWith(secret))).toBe(false);
    const [rex] = (await ask(store, ann, "puppy", { kinds: ["node"] })).items;
    expect(rex).toMatchObject({ kind: "node", name: "Rex", why: [SIMILAR] });
    expect((await ask(store, bob, "doctor")).items[0]).toMatchObject({ id: `${secret}.2`, why: [SIMILAR] });
    expect((await ask(store, owner, "doctor")).items).toEqual([]);
    const inSight = { chatId: chat, seqs: "all", text: "" } as const;
    expect((await ask(store, ann, "doctor", { inSight, kinds: ["message"] })).items).toEqual([]);
    const within = await recall(store, { viewer: ann, within: secret }, { query: "doctor" });
    expect(within.items.every(({ id }) => id.startsWith(secret))).toBe(true);
    // Words still count: what has them comes with both reasons.
    const [both] = (await ask(store, ann, "the physician on Tuesday")).items;
    expect(both).toMatchObject({ id: `${chat}.2`, why: ['"physician", "tuesday" in it', SIMILAR] });
  });

  test("goes on where it was: each text is given away once, in batches, and new ones follow", async () => {
    const { store, server, ann, chat } = await open(engine);
    await say(
      store,
      chat,
      lines(
        ann,
        Array.from({ length: 150 }, (_, at) => `Line number ${at} of many`),
      ),
    );
    const mind = mindOf(store, server);
    await mind.settle();
    const asked = () => server.requests.flatMap(({ texts }) => texts);
    const items = await store.db.selectFrom("recall_items").select("id").execute();
    // What two people said alike is asked for once.
    const texts = items.length - SMALL_TALK.length;
    expect(asked()).toHaveLength(texts);
    expect(Math.max(...server.requests.map((request) => request.texts.length))).toBe(64);
    expect(server.requests.length).toBeLessThanOrEqual(4);
    expect(await vectorsIn(store)).toHaveLength(items.length);
    await say(store, chat, lines(ann, ["The automobile is at the garage."]));
    // A new process knows what was done.
    await mindOf(store, server).settle();
    expect(asked()).toHaveLength(texts + 1);
    expect((await ask(store, ann, "car")).items[0]?.text).toBe("The automobile is at the garage.");
    await forkChat(store, ann, chat, { seq: 5 });
    await mindOf(store, server).settle();
    expect(asked().filter((text) => text !== "car")).toHaveLength(texts + 1);
  });

  test("what is forgotten or purged is in no vector any more, and what a node said before is not either", async () => {
    const { store, clock, server, ann, chat } = await open(engine);
    const mind = mindOf(store, server);
    await mind.settle();
    expect((await ask(store, ann, "doctor")).items).not.toEqual([]);
    await addGraph(store, ann.id, [{ type: "thing", name: "Rex", content: "A vehicle with three wheels" }]);
    await mind.settle();
    expect((await ask(store, ann, "puppy", { kinds: ["node"] })).items).toEqual([]);
    expect((await ask(store, ann, "car", { kinds: ["node"] })).items[0]).toMatchObject({ name: "Rex" });
    await deleteChat(store, ann, chat);
    expect((await ask(store, ann, "doctor", { kinds: ["message"] })).items).toEqual([]);
    await clock.advance(61_000);
    await purgeDeleted(store, () => false, forgetChat);
    const items = await store.db.selectFrom("recall_items").select("id").orderBy("id").execute();
    expect((await vectorsIn(store)).map(({ item_id }) => item_id)).toEqual(items.map(({ id }) => id));
    await mind.settle();
    expect(mind.meaning.held).toBe(items.length);
  });

  test("a chat that is deleted is not given away, though it is still there", async () => {
    const { store, server, ann, chat } = await open(engine);
    while (!(await indexRecall(store, 500))) continue;
    await deleteChat(store, ann, chat);
    await mindOf(store, server).settle();
    expect(server.requests.flatMap(({ texts }) => texts).join()).not.toContain("physician");
  });

  test("another model has everything embedded anew, and until then what there is counts", async () => {
    const { store, server, ann } = await open(engine);
    await mindOf(store, server).settle();
    const other = mindOf(store, server, "compatible/other");
    expect((await ask(store, ann, "doctor")).items).toEqual([]);
    await other.settle();
    expect(new Set((await vectorsIn(store)).map(({ model }) => model))).toEqual(
      new Set([`compatible/other at ${server.url}`]),
    );
    expect((await ask(store, ann, "doctor")).items[0]?.why).toEqual([SIMILAR]);
  });

  test("a model whose vectors have another length since the start is another model", async () => {
    const { store, server, ann } = await open(engine);
    await mindOf(store, server).settle();
    server.behave(() => ({ do: "vectors", dimensions: 32 }));
    const mind = mindOf(store, server);
    await ask(store, ann, "doctor");
    await mind.settle();
    expect(new Set((await vectorsIn(store)).map(({ dimensions }) => dimensions))).toEqual(new Set([32]));
    expect((await ask(store, ann, "doctor")).items[0]?.why).toEqual([SIMILAR]);
  });

  test("one whose vectors have another length all at once is believed when it says so again and again", async () => {
    const { store, server, ann, chat } = await open(engine);
    const mind = mindOf(store, server);
    await mind.settle();
    server.behave(() => ({ do: "vectors", dimensions: 32 }));
    await say(store, chat, lines(ann, ["Something new."]));
    const said = expect.stringContaining("gave vectors of 32 numbers, and of 64 before");
    expect([await mind.settle(), await mind.settle(), await mind.settle()]).toEqual([[said], [said], []]);
    expect(new Set((await vectorsIn(store)).map(({ dimensions }) => dimensions))).toEqual(new Set([32]));
  });

  test("secrets are masked before a text leaves, where it is cut too", async () => {
    const { store, server, ann, chat } = await open(engine);
    const value = "hunter2-hunter2-hunter2";
    await say(store, chat, lines(ann, [`The password is ${value}`, `${"x".repeat(1990)} ${value}`]));
    store.secrets.know("owner", [{ name: "door", value }]);
    await mindOf(store, server).settle();
    await ask(store, ann, `where is ${value} used`);
    const given = server.requests.flatMap(({ texts }) => texts).join("\n");
    expect(given).toContain("The password is");
    expect(given).not.toContain("hunter2");
  });

  test("a text that the model takes by no means keeps no other from its vector", async () => {
    const { store, server, ann, chat } = await open(engine);
    server.behave(({ texts }) =>
      texts.some((text) => text.includes("poison"))
        ? { do: "answer", status: 400, body: '{"error":{"message":"input cannot be tokenized"}}' }
        : { do: "vectors" },
    );
    await say(store, chat, lines(ann, ["This is poison."]));
    await talk(store, ann, lines(ann, ["My puppy is asleep."]));
    const mind = mindOf(store, server);
    expect(await mind.settle()).toEqual([]);
    expect((await ask(store, ann, "dog", { kinds: ["message"] })).items[0]?.text).toBe("My puppy is asleep.");
    const before = server.requests.length;
    await mindOf(store, server).settle();
    expect(server.requests).toHaveLength(before);
    // One that takes nothing at all has refused none of them.
    await say(store, chat, lines(ann, ["Something new."]));
    server.behave(() => ({ do: "answer", status: 400, body: '{"error":{"message":"this is no embedding model"}}' }));
    expect(await mind.settle()).toEqual([expect.stringContaining("this is no embedding model")]);
    server.behave(() => ({ do: "vectors" }));
    await mind.settle();
    expect((await vectorsIn(store)).filter(({ dimensions }) => dimensions === 0)).toHaveLength(1);
  });

  test("only those that were indexed last have vectors where there are too many, and the answer says so", async () => {
    const { store, server, ann, chat } = await open(engine);
    await say(
      store,
      chat,
      lines(
        ann,
        Array.from({ length: 120 }, (_, at) => `Line number ${at} of many`),
      ),
    );
    const mind = mindOf(store, server, "compatible/concepts", 40);
    await mind.settle();
    const last = await store.db.selectFrom("recall_items").select("id").orderBy("id", "desc").limit(40).execute();
    expect((await vectorsIn(store)).map(({ item_id }) => item_id)).toEqual(last.map(({ id }) => id).toReversed());
    const { note } = await ask(store, ann, "dog number");
    expect(note).toMatch(/^\d+ of the last \d+ items were compared by meaning, the others by their words alone$/);
  });
});

const ANSWERS = [
  ["is dead", (server: EmbeddingServer) => server.stop(), /cannot be reached/],
  ["dies", (server: EmbeddingServer) => server.behave(() => ({ do: "cut" })), /cannot be reached|broke off/],
  [
    "lies about its dimensions",
    (server: EmbeddingServer) => server.behave(() => ({ do: "vectors", dimensions: 16 })),
    /gave vectors of 16 numbers, and of 64 before/,
  ],
  [
    "gives fewer vectors than texts",
    (server: EmbeddingServer) => server.behave(() => ({ do: "answer", body: '{"data":[]}' })),
    /received 0/,
  ],
  [
    "gives NaN",
    (server: EmbeddingServer) => server.behave(() => ({ do: "answer", body: '{"data":[{"embedding":[NaN]}]}' })),
    /cannot be read/,
  ],
  [
    "gives infinity",
    (server: EmbeddingServer) => server.behave(() => ({ do: "answer", body: '{"data":[{"embedding":[1e999]}]}' })),
    /cannot be read|no number/,
  ],
  [
    "gives empty vectors",
    (server: EmbeddingServer) => server.behave(() => ({ do: "answer", body: '{"data":[{"embedding":[]}]}' })),
    /gave vectors of 0 numbers/,
  ],
] as const;

test.each(ANSWERS)("F54: a provider that %s costs a note: the answer is the one of words", async (_, happen, why) => {
  const { store, server, ann, chat } = await open(sqlite);
  while (!(await indexRecall(store, 500))) continue;
  const query = "the physician on Tuesday";
  const byWords = await ask(store, ann, query);
  const mind = mindOf(store, server);
  await mind.settle();
  await happen(server);
  const { items, note } = await ask(store, ann, query);
  expect(items).toEqual(byWords.items);
  expect(note).toMatch(/^found by words alone: /);
  expect(note).toMatch(why);
  const asked = server.requests.length;
  // It is not asked again at once, so that nobody waits for it at each question.
  expect((await ask(store, ann, "another question about Tuesday")).note).toBe(note);
  expect(server.requests).toHaveLength(asked);
  await say(store, chat, lines(ann, ["Something new."]));
  expect(await mind.settle()).toEqual([expect.stringMatching(/./)]);
  expect((await vectorsIn(store)).every(({ dimensions }) => dimensions === 64)).toBe(true);
});

test("F54: a provider that is slow is not waited for, and whoever asks can stop waiting", async () => {
  const { store, server, ann } = await open(sqlite);
  await mindOf(store, server).settle();
  server.behave(() => ({ do: "silence" }));
  const settings = { model: null, modelUrl: server.url, providers: {} };
  const embedder = openEmbedder(() => settings, "compatible/concepts");
  using patient = new Meaning(store, embedder, { queryMs: 60_000 });
  const stop = new AbortController();
  const before = server.requests.length;
  const stopped = ask(store, ann, "physician", { signal: stop.signal });
  await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBeGreaterThan(before);
  stop.abort();
  expect((await stopped).note).toContain("not waited for");
  expect((await stopped).items[0]?.text).toContain("physician");
  expect(patient.model).toContain("concepts");
  using hasty = new Meaning(store, embedder, { queryMs: 50 });
  expect(hasty.dimensions).toBeNull();
  const { items, note } = await ask(store, ann, "physician");
  expect(items).toEqual((await stopped).items);
  expect(note).toContain("did not answer within 0.05 s");
});

test("of two nodes one makes the vectors, both use them, and one that vanished keeps the other from it for a while", async () => {
  const place = await postgres.place();
  const clock = testClock(Date.UTC(2026, 2, 2, 9));
  const [one, other] = [await postgres.open(place, { clock }), await postgres.open(place, { clock })];
  const server = await embeddingServer();
  const { ann } = await scene(one);
  const [mine, theirs] = [mindOf(one, server), mindOf(other, server)];
  await mine.settle();
  const asked = server.requests.length;
  await theirs.settle();
  expect(server.requests).toHaveLength(asked);
  expect((await ask(other, ann, "doctor")).items[0]?.why).toEqual([SIMILAR]);
  await talk(one, ann, lines(ann, ["My puppy is asleep."]));
  await theirs.settle();
  const texts = () => server.requests.flatMap((request) => request.texts);
  expect(texts()).not.toContain("My puppy is asleep.");
  await clock.advance(121_000);
  await theirs.settle();
  expect(texts().filter((text) => text === "My puppy is asleep.")).toHaveLength(1);
  expect((await ask(one, ann, "dog", { kinds: ["message"] })).items[0]?.text).toBe("My puppy is asleep.");
});
