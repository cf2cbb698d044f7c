import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { encodeCursor } from "../database/page.ts";
import { searchNodes } from "./graph.ts";

const FILLING = Array.from({ length: 45 }, (_, at) => `Filling ${at}`);
const COUNTED = (ownerId: string) => ({
  part: "node" as const,
  owner_id: ownerId,
  chat_id: null,
  type: "many",
  n: 6000,
});

eachEngine("searching the graph, ranked", (engine) => {
  const opened = async () => {
    const store = await engine.store();
    return { store, ...(await people(store)) };
  };

  test("puts the best first and says why, then what only has a part of a word", async () => {
    const { store, ann } = await opened();
    await addGraph(store, ann.id, [
      { type: "note", name: "Shopping", content: "Green tea for Ann" },
      { type: "drink", name: "Green tea" },
      { type: "place", name: "Teahouse" },
      { type: "note", name: "Running", content: "Ann runs at noon" },
    ]);
    const { items, total } = await searchNodes(store, { viewer: ann, within: null }, { query: "green teas" });
    expect(items.map((item) => [item.name, item.why])).toEqual([
      ["Green tea", ['"green" in name', '"teas" in name']],
      ["Shopping", ['"green" in content', '"teas" in content']],
    ]);
    expect(total).toBe(2);
    const tea = await searchNodes(store, { viewer: ann, within: null }, { query: "tea" });
    expect(tea.items.map((item) => item.name)).toEqual(["Green tea", "Shopping", "Teahouse"]);
    expect(
      (await searchNodes(store, { viewer: ann, within: null }, { query: "who was running?" })).items[0]?.name,
    ).toBe("Running");
  });

  test("what was added just now is found, and what another added is not", async () => {
    const { store, ann, bob } = await opened();
    await addGraph(store, ann.id, [person("Clara", "likes figs")]);
    expect((await searchNodes(store, { viewer: ann, within: null }, { query: "figs" })).total).toBe(1);
    await addGraph(store, bob.id, [person("Dora", "likes figs")]);
    expect(
      (await searchNodes(store, { viewer: ann, within: null }, { query: "figs" })).items.map((item) => item.name),
    ).toEqual(["Clara"]);
    expect((await searchNodes(store, { viewer: ann, within: null }, { query: "figs", type: "place" })).total).toBe(0);
  });

  test("in a big graph the index has the others: words, and what begins like them; parts of words only where there is nothing else", async () => {
    const { store, ann, bob } = await opened();
    const names = ["Green tea", "Teahouse", "Steakhouse", "Tea 4%", "Meetings", ...FILLING];
    await addGraph(
      store,
      ann.id,
      names.map((name) => person(name, name.startsWith("Filling") ? "tea" : "-")),
    );
    await addGraph(store, bob.id, [person("Bob's tea")]);
    // As if there were so many: nothing but their number tells.
    await store.db.insertInto("graph_counts").values(COUNTED(ann.id)).execute();
    const find = async (query: string, cursor?: string) =>
      searchNodes(store, { viewer: ann, within: null }, { query, limit: 40, cursor });
    const namesFor = async (query: string) => (await find(query)).items.map(({ name }) => name);
    expect(await namesFor("house")).toEqual(["Steakhouse", "Teahouse"]);
    expect(await namesFor("meet")).toEqual(["Meetings"]);
    expect(await namesFor("meetin")).toEqual(["Meetings"]);
    expect(await namesFor("%")).toEqual(["Tea 4%"]);
    const first = await find("tea");
    expect(first.total).toBe(FILLING.length + 3);
    expect(
      first.items
        .slice(0, 2)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(["Green tea", "Tea 4%"]);
    const rest = (await find("tea", first.next ?? "")).items.map(({ name }) => name);
    expect(rest[0]).toBe("Teahouse");
    expect(new Set([...first.items.map(({ name }) => name), ...rest]).size).toBe(FILLING.length + 3);
  });

  test("F54: pages meet without a gap or a repeat, also while nodes are added", async () => {
    const { store, ann } = await opened();
    const names = Array.from({ length: 60 }, (_, at) => `Note ${String(at).padStart(2, "0")}`);
    await addGraph(
      store,
      ann.id,
      names.map((name, at) => person(name, at % 3 === 0 ? "note note" : "")),
    );
    await addGraph(store, ann.id, [person("Footnotes"), person("Banknote")]);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 1; page <= 20; page++) {
      const { items, next, total } = await searchNodes(
        store,
        { viewer: ann, within: null },
        { query: "note", limit: 7, cursor },
      );
      expect(total).toBe(61 + page);
      seen.push(...items.map((item) => item.name));
      if (next === null) break;
      cursor = next;
      await addGraph(store, ann.id, [person(`A note ${page}`, "note")]);
    }
    const first = seen.filter((name) => !name.startsWith("A note"));
    expect(first.toSorted()).toEqual([...names, "Footnotes", "Banknote"].toSorted());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("finds signs as plain characters, and refuses cursors that it has not given", async () => {
    const { store, ann } = await opened();
    const names = ["C++", "100%", "It's", "other"];
    await addGraph(
      store,
      ann.id,
      names.map((name) => person(name, "-")),
    );
    for (const [query, finds] of [
      ["c++", "C++"],
      ["100%", "100%"],
      ["it's", "It's"],
    ] as const) {
      expect(
        (await searchNodes(store, { viewer: ann, within: null }, { query })).items.map((item) => item.name),
      ).toEqual([finds]);
    }
    for (const cursor of ["nonsense", "", encodeCursor(["x", -1, ""]), encodeCursor(["x", 1, "nonsense"])]) {
      await expect(searchNodes(store, { viewer: ann, within: null }, { query: "tea", cursor })).rejects.toMatchObject({
        code: "invalid_input",
      });
    }
  });
});
