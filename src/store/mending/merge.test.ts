import { describe, expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphCheck } from "../graph/check.ts";
import { graphChanges } from "../graph/history.ts";
import { graphNode } from "../graph/node.ts";
import { graphSearch } from "../graph/search.ts";
import { graphStats } from "../graph/stats.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { searchNodes } from "../recall/graph.ts";
import { duplicates } from "./duplicates.ts";
import { mergedNode, mergedValues } from "./merged.ts";
import { mergeNodes } from "./merge.ts";
import { undoChange } from "./undo.ts";

/** All that a graph holds, but for when it changed. */
async function all(store: Store): Promise<unknown> {
  const { db } = store;
  const rows = await db.selectFrom("nodes").selectAll().orderBy("id").execute();
  return {
    nodes: rows.map(({ updated_at: _, data, ...node }) => ({ ...node, data: JSON.parse(data) as unknown })),
    edges: (await db.selectFrom("edges").selectAll().orderBy("id").execute()).map(({ data, ...edge }) => ({
      ...edge,
      data: JSON.parse(data) as unknown,
    })),
    aliases: await db.selectFrom("node_aliases").selectAll().orderBy("node_id").orderBy("name").execute(),
    counts: await graphStats(db, "agent"),
    items: await db.selectFrom("recall_extent").select(["items", "words"]).execute(),
  };
}

/** Two nodes that are one person, with what only one of them has, what both have, and an edge that joins the two. */
async function twins(
  store: Store,
): Promise<{ keep: string; drop: string; agent: User; owner: User; ann: User; bob: User }> {
  const accounts = await people(store);
  const knows = (source: string, target: string, data: { [key: string]: string | number }) => ({
    ...{ source: { ref: source }, type: "knows", target: { ref: target }, data },
  });
  const { nodes } = await addGraph(
    store,
    "agent",
    [
      { ...person("Robert", "Likes tea"), data: { age: 30, city: "Rome" } },
      { ...person("Bob", "Plays chess"), data: { age: 31, pet: "cat", city: "Rome" } },
      person("Eve"),
      person("Dan"),
    ],
    [
      knows("Robert", "Eve", { since: 2001 }),
      knows("Bob", "Eve", { since: 2002, where: "Oslo" }),
      knows("Dan", "Bob", { since: 2003 }),
      "Bob likes Dan",
      { source: { ref: "Bob" }, type: "same as", target: { ref: "Robert" }, data: { says: "Eve" } },
    ],
  );
  await searchNodes(store, { viewer: accounts.owner, within: null }, { query: "tea" });
  return { keep: nodes[0]?.id ?? "", drop: nodes[1]?.id ?? "", ...accounts };
}

eachEngine("merging two nodes", (engine) => {
  test("F52: a merge loses no value and makes no loop to itself", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    const merged = await mergeNodes(store, owner, { keep, drop }, false);
    expect(merged).toEqual({
      node: {
        ...{ id: keep, type: "person", name: "Robert", content: "Likes tea\n\nPlays chess" },
        data: { age: 30, city: "Rome", "age (2)": 31, pet: "cat", "same as": { says: "Eve" } },
        aliases: [{ type: "person", name: "Bob" }],
      },
      edges: { moved: 2, joined: 1, dropped: 1 },
      facts: 0,
      change: expect.any(Number),
    });
    const node = await graphNode(store.db, owner.id, keep);
    expect(node).toMatchObject({ content: merged.node.content, data: merged.node.data, aliases: ["Bob"] });
    const edges = node.edges.items.map(({ type, direction, node: end, data }) => [direction, type, end.name, data]);
    expect(edges).toEqual([
      ["out", "knows", "Eve", { since: 2001, "since (2)": 2002, where: "Oslo" }],
      ["out", "likes", "Dan", {}],
      ["in", "knows", "Dan", { since: 2003 }],
    ]);
    const check = await graphCheck(store.db, "agent");
    expect(check).toMatchObject({ nodes: 3, edges: 3, selfLoops: { count: 0 }, dangling: { count: 0 } });
    expect(await graphStats(store.db, "agent")).toEqual({
      ...{ nodes: 3, edges: 3, nodeTypes: { person: 3 } },
      edgeTypes: { knows: 2, likes: 1 },
    });
  });

  test("F52: the other's name still finds the node, and makes no new one", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    await mergeNodes(store, owner, { keep, drop }, false);
    expect(
      (await searchNodes(store, { viewer: owner, within: null }, { query: "bob" })).items.map(({ id }) => id),
    ).toEqual([keep]);
    expect((await graphSearch(store.db, owner.id, { query: "", name: "bob" })).items.map(({ id }) => id)).toEqual([
      keep,
    ]);
    const added = await addGraph(
      store,
      "agent",
      [{ ...person("Bob", ""), data: { shoes: 44 } }],
      ["Bob likes Eve", "bob hates Dan", "Robert owns Dan"],
    );
    expect(added.nodes).toMatchObject([{ id: keep, name: "Robert", change: "updated" }]);
    expect(added.edges.map(({ source }) => source.id)).toEqual([keep, keep, keep]);
    expect((await graphNode(store.db, owner.id, keep)).data).toMatchObject({ shoes: 44, pet: "cat" });
    await expect(addGraph(store, "agent", [person("Bob")], ["Bob is Robert"])).rejects.toThrow("with itself");
    expect(await graphStats(store.db, "agent")).toMatchObject({ nodes: 3 });
  });

  test("F52: a merge is one change, and undone as one; that is undone too", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    const before = await all(store);
    const { change = 0 } = await mergeNodes(store, owner, { keep, drop }, false);
    const merged = await all(store);
    const [newest] = (await graphChanges(store.db, owner, {})).items;
    expect(newest).toMatchObject({ id: change, op: "merged", name: "Robert", parts: 6 });
    const parts = (await graphChanges(store.db, owner, { partOf: change })).items;
    expect(parts.map(({ op, name }) => `${op} ${name}`)).toEqual([
      "removed Bob",
      "changed Dan knows Robert",
      "changed Robert likes Dan",
      "removed Bob knows Eve",
      "changed Robert knows Eve",
      "removed Bob same as Robert",
    ]);
    await expect(undoChange(store, owner, parts[1]?.id ?? 0)).rejects.toMatchObject({ code: "conflict" });

    const undo = await undoChange(store, owner, change);
    await searchNodes(store, { viewer: owner, within: null }, { query: "tea" });
    expect(await all(store)).toEqual(before);
    expect(
      (await searchNodes(store, { viewer: owner, within: null }, { query: "chess" })).items.map(({ id }) => id),
    ).toEqual([drop]);
    await undoChange(store, owner, undo.id);
    expect({ ...((await all(store)) as object), items: [] }).toEqual({ ...(merged as object), items: [] });
  });

  test("a merge on which something newer stands is not undone, and nothing of it is", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    const { change = 0 } = await mergeNodes(store, owner, { keep, drop }, false);
    await addGraph(store, "agent", [person("Robert", "Likes cocoa")]);
    const merged = await all(store);
    await expect(undoChange(store, owner, change)).rejects.toMatchObject({
      ...{ code: "conflict", message: '"Robert" has changed since' },
      hint: expect.stringMatching(/^undo change \d+ first$/),
    });
    expect(await all(store)).toEqual(merged);
  });

  test("what a merge would come to is told without doing it", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    const before = await all(store);
    const would = await mergeNodes(store, owner, { keep, drop }, true);
    expect(await all(store)).toEqual(before);
    expect(would.change).toBeUndefined();
    expect(await mergeNodes(store, owner, { keep, drop }, false)).toMatchObject(would);
  });

  test("F16: what others have joined to it stays theirs, and is not told", async () => {
    const store = await engine.store();
    const { keep, drop, owner, ann } = await twins(store);
    const secret = { source: { ref: "Bob" }, type: "owes", target: { ref: "Robert" }, data: { sum: "secret" } };
    await addGraph(store, ann.id, [person("Secret")], ["Secret trusts Bob", "Bob fears Eve", secret]);
    const merged = await mergeNodes(store, owner, { keep, drop }, false);
    expect(merged.edges).toEqual({ moved: 2, joined: 1, dropped: 1 });
    expect(JSON.stringify(merged)).not.toContain("secret");
    const hers = (await graphNode(store.db, ann.id, keep)).edges.items.map(({ type, node }) => `${type} ${node.name}`);
    expect(hers).toContain("trusts Secret");
    expect(hers).toContain("fears Eve");
    const told = JSON.stringify((await graphChanges(store.db, owner, { partOf: merged.change })).items);
    expect(told).not.toMatch(/Secret|fears|owes/);
    await undoChange(store, owner, merged.change ?? 0);
    const back = (await graphNode(store.db, ann.id, drop)).edges.items.map(({ type }) => type);
    expect(back.toSorted()).toEqual(["fears", "knows", "knows", "likes", "owes", "same as", "trusts"]);
  });

  test("F16: what of another person stands in the way of an undoing is not named", async () => {
    const store = await engine.store();
    const { keep, drop, owner, ann } = await twins(store);
    await addGraph(store, ann.id, [person("Secret")], ["Secret trusts Bob"]);
    const merged = await mergeNodes(store, owner, { keep, drop }, false);
    await store.db.deleteFrom("edges").where("type", "=", "trusts").execute();
    await expect(undoChange(store, owner, merged.change ?? 0)).rejects.toMatchObject({
      ...{ code: "conflict", message: "something of another person is no longer there" },
    });
  });

  test("two that cannot be one are refused in words", async () => {
    const store = await engine.store();
    const { keep, drop, owner, ann, bob } = await twins(store);
    const { nodes } = await addGraph(store, owner.id, [person("Robert", "mine")]);
    const own = nodes[0]?.id ?? "";
    const merge = (who: User, one: string, other: string) => mergeNodes(store, who, { keep: one, drop: other }, false);
    await expect(merge(owner, keep, keep)).rejects.toMatchObject({ code: "invalid_input" });
    await expect(merge(owner, keep, own)).rejects.toThrow('not the same people see "Robert" and "Robert"');
    await expect(merge(ann, keep, drop)).rejects.toMatchObject({ code: "forbidden" });
    await expect(merge(bob, own, keep)).rejects.toMatchObject({ code: "not_found" });
  });

  test("F16 what was learned where others read is neither proposed as, nor made one with what is private", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const [{ nodes: private_ }, { nodes: there }] = [
      await addGraph(store, ann.id, [person("Clara", "Ann's doctor")]),
      await addGraph(store, ann.id, [person("clara", "Comes on Friday")]),
    ];
    const [keep, drop] = [private_[0]?.id ?? "", there[0]?.id ?? ""];
    expect((await duplicates(store.db, ann, {})).items).toHaveLength(1);
    await store.db.updateTable("nodes").set({ chat_id: "a chat" }).where("id", "=", drop).execute();
    expect((await duplicates(store.db, ann, {})).items).toEqual([]);
    for (const merge of [
      { keep, drop },
      { keep: drop, drop: keep },
    ]) {
      await expect(mergeNodes(store, ann, merge, false)).rejects.toThrow("not the same people see");
    }
  });

  test("two that merge the same at once do so once", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    const both = await Promise.allSettled([
      mergeNodes(store, owner, { keep, drop }, false),
      mergeNodes(store, owner, { keep: drop, drop: keep }, false),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await graphCheck(store.db, "agent")).toMatchObject({ nodes: 3, edges: 3, selfLoops: { count: 0 } });
  });
});

eachEngine("nodes that may be one", (engine) => {
  test("are proposed side by side, with why, page by page, to those who may merge them", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    await addGraph(
      store,
      "agent",
      [
        ...[
          person("Ann Lee", "tea"),
          { type: "contact", name: "ann_lee", content: "tea" },
          person("Solo"),
          person("Rome"),
        ],
        ...["A-1", "a_1", "A 1"].map((name) => person(name)),
      ],
      [
        { source: { ref: "Ann Lee" }, type: "saw", target: { ref: "Rome" } },
        { source: { ref: "Rome" }, type: "saw", target: { ref: "ann_lee" } },
        { source: { ref: "Ann Lee" }, type: "saw", target: { ref: "Solo" } },
      ],
    );
    await addGraph(store, ann.id, [person("Solo"), person("Mine"), person("mine")]);
    const first = await duplicates(store.db, owner, { limit: 1 });
    expect(first.items.map(({ left, right }) => [left.name, right.name].toSorted())).toHaveLength(2);
    const second = await duplicates(store.db, owner, { limit: 1, cursor: first.next ?? "" });
    expect(second).toMatchObject({
      items: [
        {
          left: { name: "Ann Lee", type: "person", content: "tea", shared: true, edges: 2 },
          right: { name: "ann_lee", type: "contact", edges: 1 },
          why: ["the same name, written in another way", "the same content", "both are joined to Rome"],
        },
      ],
      next: null,
    });
    const hers = await duplicates(store.db, ann, {});
    expect(hers.items.map(({ left, right }) => [left.name, right.name].toSorted())).toEqual([["Mine", "mine"]]);
    expect((await duplicates(store.db, bob, {})).items).toEqual([]);
  });

  test("are proposed by a name that one had before it was merged", async () => {
    const store = await engine.store();
    const { keep, drop, owner } = await twins(store);
    await mergeNodes(store, owner, { keep, drop }, false);
    await addGraph(store, "agent", [{ type: "contact", name: "BOB" }]);
    expect((await duplicates(store.db, owner, {})).items).toMatchObject([
      {
        left: { name: "Robert", aliases: ["Bob"] },
        right: { name: "BOB" },
        why: ["a name that one of them had before"],
      },
    ]);
  });
});

describe("what two nodes are as one", () => {
  const parts = { type: "person", name: "Ann", content: "", data: {}, aliases: [] };

  test.each([
    { when: "one is empty", keep: "", drop: "b", is: "b" },
    { when: "one holds the other", keep: "a b", drop: "a", is: "a b" },
    { when: "the other holds it", keep: "a", drop: "a b", is: "a b" },
    { when: "they differ", keep: "a", drop: "b", is: "a\n\nb" },
  ])("has the content of both when $when", ({ keep, drop, is }) => {
    expect(mergedNode({ ...parts, content: keep }, { ...parts, name: "An", content: drop }).content).toBe(is);
  });

  test("has a value of each name and each value once, whatever the names are", () => {
    const [one, two] = [
      JSON.parse('{"__proto__":1,"a":1,"a (2)":2}'),
      JSON.parse('{"__proto__":2,"a":2,"constructor":3}'),
    ];
    const merged = mergedValues(one, two);
    expect(Object.entries(merged).toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ["__proto__", 1],
      ["__proto__ (2)", 2],
      ["a", 1],
      ["a (2)", 2],
      ["constructor", 3],
    ]);
    expect(mergedValues(merged, two)).toEqual(merged);
  });
});
