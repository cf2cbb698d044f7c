import { describe, expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphSearch } from "./search.ts";
import { wordsOf } from "./words.ts";
import type { Store } from "../database/store.ts";

async function namesFor(store: Store, query: string, userId = "agent"): Promise<readonly string[]> {
  const { items } = await graphSearch(store.db, userId, { query, limit: 100 });
  return items.map((item) => item.name);
}

eachEngine("searching the graph", (engine) => {
  test("finds words in name, type and content, the fullest match first, and says why", async () => {
    const store = await engine.store();
    await people(store);
    await addGraph(store, "agent", [
      { type: "note", name: "Shopping", content: "Green TEA for Ann" },
      { type: "drink", name: "Tea" },
      { type: "tea", name: "Earl Grey" },
      { type: "drink", name: "Green tea" },
      { type: "drink", name: "Coffee" },
    ]);
    expect(await namesFor(store, "green tea")).toEqual(["Green tea", "Shopping", "Tea", "Earl Grey"]);
    const { items, total } = await graphSearch(store.db, "agent", { query: 'tea, "Ann"?' });
    expect(total).toBe(4);
    expect(items[0]).toMatchObject({ name: "Shopping", why: ['"tea" in content', '"ann" in content'] });
    expect(items.find((item) => item.name === "Earl Grey")?.why).toEqual(['"tea" in type']);
  });

  test.each([
    { query: "ärger", finds: ["viel ärger", "Ärger"] },
    { query: "ÄRGER", finds: ["viel ärger", "Ärger"] },
    { query: "ΑΘΗΝΑ", finds: ["Αθηνα"] },
    { query: "c++", finds: ["C++"] },
    { query: "it's", finds: ["It's"] },
    { query: "a\\b", finds: ["a\\b"] },
  ])("finds $finds by $query, whatever the case", async ({ query, finds }) => {
    const store = await engine.store();
    await people(store);
    const names = ["Ärger", "viel ärger", "Αθηνα", "C++", "c", "It's", "a\\b", "ab"];
    await addGraph(
      store,
      "agent",
      names.map((name) => person(name, "-")),
    );
    expect((await namesFor(store, query)).toSorted()).toEqual(finds);
  });

  test("F55: _ and % are plain characters", async () => {
    const store = await engine.store();
    await people(store);
    await addGraph(
      store,
      "agent",
      ["a_b", "axb", "100%", "1000"].map((name) => person(name, "-")),
    );
    expect(await namesFor(store, "a_b")).toEqual(["a_b"]);
    expect(await namesFor(store, "100%")).toEqual(["100%"]);
    expect(await namesFor(store, "%")).toEqual(["100%"]);
    expect(await namesFor(store, "_")).toEqual(["a_b"]);
  });

  test("F54: pages meet without a gap or a repeat, also while nodes are added", async () => {
    const store = await engine.store();
    await people(store);
    const names = Array.from({ length: 25 }, (_, at) => `Note ${String(at).padStart(2, "0")}`);
    await addGraph(
      store,
      "agent",
      names.map((name, at) => person(name, at % 3 === 0 ? "note note" : "")),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 1; page <= 10; page++) {
      const { items, next, total } = await graphSearch(store.db, "agent", { query: "note", limit: 7, cursor });
      expect(total).toBe(24 + page);
      seen.push(...items.map((item) => item.name));
      if (next === null) break;
      cursor = next;
      await addGraph(store, "agent", [person(`Note 00 ${page}`)]);
    }
    expect(seen).toEqual(names);
  });

  test("F49: each node comes with its neighbours by name, however many edges join them", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const friends = Array.from({ length: 8 }, (_, at) => `F${at}`);
    await addGraph(
      store,
      "agent",
      ["Hub", ...friends].map((name) => person(name)),
      [...friends.map((name) => `Hub knows ${name}`), "F0 likes Hub", "F0 knows Hub"],
    );
    await addGraph(store, ann.id, [person("Private")], ["Private knows Hub"]);
    const [hub] = (await graphSearch(store.db, "agent", { query: "hub" })).items;
    expect(hub?.neighbours).toBe(8);
    expect(hub?.links).toHaveLength(5);
    expect(hub?.links.filter((link) => link.node.name === "F0").map((link) => [link.direction, link.type])).toEqual([
      ["in", "knows"],
      ["out", "knows"],
      ["in", "likes"],
    ]);
    expect((await graphSearch(store.db, ann.id, { query: "hub" })).items[0]?.neighbours).toBe(9);
  });

  test("no words list every node; a type narrows", async () => {
    const store = await engine.store();
    await people(store);
    await addGraph(store, "agent", [person("Bob"), person("Ann"), { type: "Town", name: "Rome" }]);
    expect(await namesFor(store, " ")).toEqual(["Ann", "Bob", "Rome"]);
    const towns = await graphSearch(store.db, "agent", { query: "", type: "town" });
    expect(towns).toMatchObject({ items: [{ name: "Rome", links: [], neighbours: 0 }], total: 1, next: null });
  });

  test("long content is cut around the first hit", async () => {
    const store = await engine.store();
    await people(store);
    await addGraph(store, "agent", [person("Long", `${"x".repeat(5000)} needle ${"y".repeat(5000)}`)]);
    const [long] = (await graphSearch(store.db, "agent", { query: "needle" })).items;
    expect(long?.content).toMatch(/^…x+ needle y+…$/);
    expect(long?.content).toHaveLength(1002);
  });

  test.each(["nonsense", Buffer.from("[1]").toString("base64url"), ""])("the cursor %j is refused", async (cursor) => {
    const store = await engine.store();
    await expect(graphSearch(store.db, "agent", { query: "", cursor })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("the words of a query", () => {
  test.each([
    { query: "  Who is “Ann”? ", words: ["who", "is", "ann"] },
    { query: "tea TEA (tea)", words: ["tea"] },
    { query: "a_b 100% C++ #tag", words: ["a_b", "100%", "c++", "#tag"] },
    { query: "...", words: ["..."] },
    { query: "\n\t ", words: [] },
  ])("of $query are $words", ({ query, words }) => expect(wordsOf(query)).toEqual(words));

  test("are at most ten, each of at most a hundred characters", () => {
    const words = wordsOf(Array.from({ length: 50 }, (_, at) => `${at}${"x".repeat(500)}`).join(" "));
    expect(words.map((word) => word.length)).toEqual(Array.from({ length: 10 }, () => 100));
  });
});
