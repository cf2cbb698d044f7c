import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { eachEngine, postgres } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { waitingFor } from "../../../test/kit/locks.ts";
import { people } from "../../../test/kit/members.ts";
import type { Json, NewEvent } from "../../core/events.ts";
import { createChat, deleteChat } from "../chats/chats.ts";
import { encodeCursor } from "../database/page.ts";
import { search, type Found } from "./search.ts";
import { indexPending } from "./indexing.ts";
import { indexedWords, snippetOf } from "./words.ts";
import type { Store } from "../database/store.ts";
import { addTask } from "../tasks/add.ts";
import type { User } from "../people/user.ts";

const actor = { kind: "system", id: "system", name: "Sparky" } as const;
const bare = { runId: null, taskId: null, step: null, actor };
const said = (text: string): NewEvent => ({ type: "message", data: { role: "user", text }, ...bare });
const thought = (text: string): NewEvent => ({ type: "thought", data: { text }, ...bare });
const given = (result: Json): NewEvent => ({
  type: "tool_result",
  data: { callId: "c", name: "shell", ok: true, result, durationMs: 1, size: 1 },
  ...bare,
});

async function chatWith(store: Store, owner: User, title: string, events: readonly NewEvent[]): Promise<string> {
  const { chat } = await createChat(store, owner, { title });
  if (events.length > 0) await store.append({ chatId: chat.id, events });
  return chat.id;
}

/** Every page of a search, with pages of two. */
async function all(store: Store, viewer: User, query: string, limit = 2): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await search(store, viewer, { query, limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    if (page.next === null) return found;
    cursor = page.next;
  }
}

const texts = (found: readonly Found[]): readonly string[] =>
  found.map((each) => (each.kind === "chat" ? each.title : each.kind === "node" ? each.name : each.snippet));

eachEngine("searching everything", (engine) => {
  test("within one run finds its own words, thoughts and results, and nothing else", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const mine = { ...bare, runId: "run-1" };
    await chatWith(store, ann, "Green tea", [
      { ...thought("green tea, by this run"), ...mine },
      { ...given({ shop: "tea, green" }), ...mine },
      { ...thought("green tea, by another"), ...bare, runId: "run-2" },
      said("green tea, by nobody"),
    ]);
    const found = await search(store, ann, { query: "tea green", runId: "run-1" });
    expect(found.items.map((item) => item.kind === "event" && [item.seq, item.runId])).toEqual([
      [3, "run-1"],
      [2, "run-1"],
    ]);
    const first = await search(store, ann, { query: "tea", runId: "run-1", limit: 1 });
    const second = await search(store, ann, { query: "tea", runId: "run-1", limit: 1, cursor: first.next ?? "" });
    expect(texts(second.items)).toEqual(["green tea, by this run"]);
    expect((await search(store, bob, { query: "tea", runId: "run-1" })).items).toEqual([]);
  });

  test("finds chats, tasks, nodes and events with all the words, page by page, every one once", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const chatId = await chatWith(store, ann, "Green tea", [
      said("Do you like green tea?"),
      thought("Tea, and a green one"),
      given({ shop: ["tea house"], colour: "GREEN\nand more" }),
      said("only tea"),
    ]);
    await addTask(store, ann, { instruction: "Buy green tea" });
    await addGraph(store, ann.id, [person("Tea", "Is green"), person("Coffee", "Is black")]);
    const found = await all(store, ann, "tea green");
    expect(found.map(({ kind }) => kind)).toEqual(["chat", "chat", "task", "node", "event", "event", "event"]);
    expect(found.slice(4)).toMatchObject([
      { chatId, seq: 4, type: "tool_result", chatTitle: "Green tea", role: null },
      { chatId, seq: 3, type: "thought", snippet: "Tea, and a green one" },
      { chatId, seq: 2, type: "message", role: "user", snippet: "Do you like green tea?" },
    ]);
    expect(await all(store, ann, "tea green", 100)).toEqual(found);
    expect((await search(store, ann, { query: "tea", kind: "node" })).items).toMatchObject([
      { kind: "node", name: "Tea" },
    ]);
  });

  test.each([
    { query: "wörl", finds: ["Hello wörld"] },
    { query: "WÖRLD hello", finds: ["Hello wörld"] },
    { query: "orld", finds: [] },
    { query: "c", finds: ["C is a letter"] },
    { query: "letter.c", finds: ["C is a letter"] },
    { query: "字", finds: ["漢字とかな"] },
    { query: "かな漢字", finds: ["漢字とかな"] },
    { query: "snake_case", finds: ["a snake_case_name"] },
    { query: '" OR * NEAR(', finds: [] },
    { query: "don't", finds: ["I don't"] },
    { query: "हिन्दी", finds: ["हिन्दी भाषा"] },
    { query: "x'); drop table events; --", finds: [] },
  ])("finds $finds by $query, alike on both engines", async ({ query, finds }) => {
    const store = await engine.store();
    const { ann } = await people(store);
    const lines = [
      "Hello wörld",
      "C is a letter",
      "漢字とかな",
      "a snake_case_name",
      "I don't",
      "हिन्दी भाषा",
      "circle",
    ];
    await chatWith(store, ann, "-", lines.map(said));
    const { items } = await search(store, ann, { query, kind: "event" });
    expect(texts(items)).toEqual(finds);
  });

  test("the newest come first, whichever chat was indexed first, and however many came at once", async () => {
    const store = await engine.store({ clock: { now: () => 1_800_000_000_000, after: () => () => {} } });
    const { ann } = await people(store);
    const first = await chatWith(
      store,
      ann,
      "first",
      Array.from({ length: 1500 }, (_, at) => said(`crowd ${at}`)),
    );
    await chatWith(
      store,
      ann,
      "second",
      Array.from({ length: 20 }, (_, at) => said(`crowd ${at}`)),
    );
    expect(await indexPending(store, 10_000)).toBe(true);
    await store.append({ chatId: first, events: [said("crowd last")] });
    const found = await all(store, ann, "crowd", 100);
    expect(found).toHaveLength(1521);
    expect(new Set(found.map((each) => (each.kind === "event" ? `${each.chatId} ${each.seq}` : ""))).size).toBe(1521);
    const own = found.flatMap((each) => (each.kind === "event" && each.chatId === first ? [each.seq] : []));
    expect(own).toEqual(own.toSorted((a, b) => b - a));
  });

  test("a long log is indexed in portions: a search says when there is more to come, and misses nothing then", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await chatWith(
      store,
      ann,
      "long",
      Array.from({ length: 1200 }, (_, at) => said(`line ${at}`)),
    );
    const early = await search(store, ann, { query: "line", kind: "event", limit: 100 });
    expect([early.indexed, early.items.length]).toEqual([false, 100]);
    expect(await indexPending(store, 100_000)).toBe(true);
    const late = await search(store, ann, { query: "line 1199", kind: "event" });
    expect([late.indexed, texts(late.items)]).toEqual([true, ["line 1199"]]);
  });

  test("of big events a search indexes fewer before it answers, and misses none of them later", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const long = "tea ".repeat(7500);
    await chatWith(
      store,
      ann,
      "long",
      Array.from({ length: 40 }, (_, at) => said(`line ${at} ${long}`)),
    );
    const early = await search(store, ann, { query: "line", kind: "event", limit: 100 });
    expect(early.indexed).toBe(false);
    expect(early.items.length).toBeGreaterThan(0);
    while (!(await indexPending(store, 100)));
    const late = await search(store, ann, { query: "line", kind: "event", limit: 100 });
    expect([late.indexed, late.items.length]).toEqual([true, 40]);
  });

  test("two that index at once double nothing", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const stores = [first, engine.kind === "postgres" ? await engine.open(place) : first] as const;
    const { ann } = await people(stores[0]);
    await chatWith(
      stores[0],
      ann,
      "both",
      Array.from({ length: 500 }, (_, at) => said(`twin ${at}`)),
    );
    await Promise.all(stores.flatMap((store) => [indexPending(store, 1000), indexPending(store, 1000)]));
    expect(await all(stores[1], ann, "twin", 100)).toHaveLength(500);
  });

  test("F16 F36 what another said, and what was deleted, is not found", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chatId = await chatWith(store, ann, "secret", [said("secret words")]);
    await addTask(store, ann, { instruction: "A secret task" });
    await addGraph(store, ann.id, [person("Secret")]);
    expect(await all(store, ann, "secret")).toHaveLength(5);
    expect(await all(store, bob, "secret")).toEqual([]);
    await deleteChat(store, ann, chatId);
    expect((await all(store, ann, "secret")).map((each) => each.kind)).not.toContain("event");
    await store.db.deleteFrom("chats").where("id", "=", chatId).execute();
    const left = await store.db.selectFrom("search_events").select("chat_id").execute();
    expect(left.filter((row) => row.chat_id === chatId)).toEqual([]);
  });

  test.each([
    { query: " ", says: "q: must have a word" },
    { query: "a", cursor: "nonsense", says: "the cursor is not one that a list gave" },
    { query: "a", cursor: encodeCursor(["event", "x"]), says: "the cursor is not one" },
    { query: "a", cursor: encodeCursor(["event", "1e99"]), says: "the cursor is not one" },
    { query: "a", kind: "node", cursor: encodeCursor(["chat", ""]), says: "another kind" },
  ] as const)("%j is refused", async ({ says, ...asked }) => {
    const store = await engine.store();
    const { ann } = await people(store);
    await expect(search(store, ann, asked)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(says),
    });
  });
});

describe("the words of a text", () => {
  test.each([
    { text: "Tea, tea & TEA!", words: ["tea"] },
    { text: "src/store/log.ts:12", words: ["src", "store", "log", "ts", "12"] },
    { text: "日本語 text", words: ["日", "本", "語", "text"] },
    { text: "🎉 …", words: [] },
    { text: "x".repeat(100), words: ["x".repeat(64)] },
  ])("$text are $words", ({ text, words }) => expect(indexedWords(text)).toEqual(words));

  test("a snippet is one line around the first hit", () => {
    const text = `${"before ".repeat(100)}needle\n${"after ".repeat(100)}`;
    expect(snippetOf(text, ["needle"])).toMatch(/^…[a-z ]*needle after[a-z ]*…$/);
    expect(snippetOf("a\n\tb", ["b"])).toBe("a b");
    expect(snippetOf(text, ["nothing"])).toMatch(/^before before/);
  });
});

test("an append does not wait for the index", async () => {
  const place = await postgres.place();
  const [store, other] = [await postgres.open(place), await postgres.open(place)];
  const { ann } = await people(store);
  const chatId = await chatWith(store, ann, "Tea", [said("green")]);
  const indexing: Promise<boolean>[] = [];
  await other.transact(async (tx) => {
    // The index comes as far as this table, with the chat's place in it written.
    await sql`LOCK TABLE search_events IN EXCLUSIVE MODE`.execute(tx.db);
    indexing.push(indexPending(store, 100));
    await waitingFor(tx.db, "search_events");
    await store.append({ chatId, events: [said("black")] });
  });
  await Promise.all(indexing);
  expect(texts((await search(store, ann, { query: "black" })).items)).toEqual(["black"]);
});

test("many searches that wait for another node's index leave connections for all else", async () => {
  const place = await postgres.place();
  const [store, other] = [await postgres.open(place), await postgres.open(place)];
  const { ann } = await people(store);
  const chatId = await chatWith(store, ann, "Tea", [said("green")]);
  const searching: ReturnType<typeof search>[] = [];
  await other.transact(async (tx) => {
    await sql`LOCK TABLE search_events IN EXCLUSIVE MODE`.execute(tx.db);
    for (let n = 0; n < 30; n++) searching.push(search(store, ann, { query: "green" }));
    await waitingFor(tx.db, "search_events");
    await store.append({ chatId, events: [said("black")] });
  });
  const found = (await Promise.all(searching)).map(({ items }) => texts(items));
  expect(found).toEqual(Array.from({ length: 30 }, () => ["green"]));
});
