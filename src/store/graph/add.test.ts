import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphSearch } from "./search.ts";
import { graphStats } from "./stats.ts";
import type { Store } from "../database/store.ts";

const rowsOf = (store: Store) => store.db.selectFrom("nodes").selectAll().orderBy("name").execute();
const ids = (result: { nodes: readonly { id: string }[] }): readonly string[] => result.nodes.map((node) => node.id);

eachEngine("adding to the graph", (engine) => {
  test("makes nodes and the edges between them in one call, and names them all in the result", async () => {
    const store = await engine.store();
    await people(store);
    const result = await addGraph(store, "agent", [person("Zoe"), person("Ann")], ["Zoe knows Ann"]);
    const [zoe, ann] = ids(result);
    expect(result).toEqual({
      nodes: [
        { id: zoe, type: "person", name: "Zoe", change: "created" },
        { id: ann, type: "person", name: "Ann", change: "created" },
      ],
      edges: [
        {
          id: expect.any(String),
          type: "knows",
          source: { id: zoe, type: "person", name: "Zoe" },
          target: { id: ann, type: "person", name: "Ann" },
          change: "created",
        },
      ],
    });
    expect(await graphStats(store.db, "agent")).toEqual({
      nodes: 2,
      edges: 1,
      nodeTypes: { person: 2 },
      edgeTypes: { knows: 1 },
    });
  });

  test("F51: a node that exists keeps its content and data, and gains what is new", async () => {
    const store = await engine.store();
    await people(store);
    const first = await addGraph(store, "agent", [{ ...person("Ann", "Likes tea"), data: { age: 30, city: "Rome" } }]);
    const bare = await addGraph(store, "agent", [{ type: "person", name: "Ann" }]);
    expect(bare.nodes).toMatchObject([{ id: first.nodes[0]?.id, change: "unchanged" }]);
    const blank = await addGraph(store, "agent", [{ type: "person", name: "Ann", content: "", data: {} }]);
    expect(blank.nodes).toMatchObject([{ change: "unchanged" }]);
    const more = await addGraph(store, "agent", [{ type: "person", name: "Ann", data: { age: 31, pet: null } }]);
    expect(more.nodes).toMatchObject([{ id: first.nodes[0]?.id, change: "updated" }]);

    const [row, ...others] = await rowsOf(store);
    expect(others).toEqual([]);
    expect(row?.content).toBe("Likes tea");
    expect(JSON.parse(row?.data ?? "")).toEqual({ age: 31, city: "Rome", pet: null });
    await addGraph(store, "agent", [person("Ann", "Likes coffee")]);
    expect((await rowsOf(store))[0]?.content).toBe("Likes coffee");
  });

  test("F51: an edge that exists stays one and gains data", async () => {
    const store = await engine.store();
    await people(store);
    const edge = { source: { ref: "Ann" }, type: "knows", target: { ref: "Bob" } };
    await addGraph(store, "agent", [person("Ann"), person("Bob")], [{ ...edge, data: { since: 2001 } }]);
    expect((await addGraph(store, "agent", [], [edge])).edges).toMatchObject([{ change: "unchanged" }]);
    const more = await addGraph(store, "agent", [], [{ ...edge, data: { where: "Rome" } }]);
    expect(more.edges).toMatchObject([{ change: "updated" }]);
    const rows = await store.db.selectFrom("edges").select("data").execute();
    expect(rows.map((row) => JSON.parse(row.data) as unknown)).toEqual([{ since: 2001, where: "Rome" }]);
  });

  test("a node that one call names twice is one node with all that was said of it", async () => {
    const store = await engine.store();
    await people(store);
    const twice = [
      { ...person("Ann", "First"), data: { a: 1 } },
      { type: "person", name: "Ann", data: { b: 2 } },
    ];
    expect((await addGraph(store, "agent", twice)).nodes).toHaveLength(1);
    expect(await rowsOf(store)).toMatchObject([{ content: "First", data: '{"a":1,"b":2}' }]);
  });

  test("two that add the same nodes at once make each once and lose nothing", async () => {
    const store = await engine.store();
    await people(store);
    const names = ["a", "b", "c", "d", "e", "f"];
    const add = (key: string, order: readonly string[]) =>
      addGraph(
        store,
        "agent",
        order.map((name) => ({ ...person(name), data: { [key]: true } })),
        ["a knows b"],
      );
    await Promise.all([add("x", names), add("y", names.toReversed()), add("z", names)]);
    const rows = await rowsOf(store);
    expect(rows.map((row) => row.name)).toEqual(names);
    for (const row of rows) expect(JSON.parse(row.data)).toEqual({ x: true, y: true, z: true });
    expect(await graphStats(store.db, "agent")).toMatchObject({ nodes: 6, edges: 1 });
  });

  test("an edge finds its ends by id, by name whatever the case, and by type where the name is not enough", async () => {
    const store = await engine.store();
    await people(store);
    const town = { type: "town", name: "Mercury" };
    const [ann, bob, , mercury] = ids(
      await addGraph(store, "agent", [person("Ann"), person("Bob"), person("Mercury"), town]),
    );
    const { edges } = await addGraph(
      store,
      "agent",
      [],
      [
        { source: { ref: ann ?? "" }, type: "knows", target: { ref: "bOB" } },
        { source: { ref: "Ann" }, type: "lives in", target: { ref: "Mercury", type: "Town" } },
      ],
    );
    expect(edges.map((edge) => [edge.source.id, edge.target.id])).toEqual([
      [ann, bob],
      [ann, mercury],
    ]);
  });

  test.each([
    { when: "an end is missing", edges: ["Ann knows Nobody"], error: 'the node "Nobody", which does not exist' },
    { when: "both ends are one node", edges: ["Ann knows Ann"], error: 'would join "Ann" with itself' },
    { when: "a new node is its own end", edges: ["New knows new"], error: "with itself" },
    { when: "the name is borne by several", edges: ["Ann likes Mercury"], error: 'town "Mercury" (id ' },
  ])("writes nothing and says what to do when $when", async ({ edges, error }) => {
    const store = await engine.store();
    await people(store);
    await addGraph(store, "agent", [person("Ann"), person("Mercury"), { type: "town", name: "Mercury" }]);
    const before = await rowsOf(store);
    await expect(addGraph(store, "agent", [person("New"), person("Ann", "x")], edges)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining(error),
    });
    expect(await rowsOf(store)).toEqual(before);
  });

  test("F16: what a person adds is that person's, what the agent adds is everybody's", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    await addGraph(store, "agent", [person("Shared")]);
    const [own] = ids(await addGraph(store, ann.id, [person("Secret"), person("Shared", "Ann's view")]));
    await addGraph(store, ann.id, [], ["Secret near Shared"]);

    expect(await graphStats(store.db, ann.id)).toMatchObject({ nodes: 3, edges: 1 });
    expect(await graphStats(store.db, bob.id)).toMatchObject({ nodes: 1, edges: 0, edgeTypes: {} });
    expect(await graphStats(store.db, "agent")).toMatchObject({ nodes: 1, edges: 0 });
    expect((await graphSearch(store.db, bob.id, { query: "Secret" })).items).toEqual([]);
    for (const ref of ["Secret", own ?? ""]) {
      const edge = { source: { ref: "Shared" }, type: "near", target: { ref } };
      await expect(addGraph(store, bob.id, [], [edge])).rejects.toThrow("does not exist");
      await expect(addGraph(store, "agent", [], [edge])).rejects.toThrow("does not exist");
    }
    const shared = await store.db.selectFrom("nodes").select("content").where("owner_id", "is", null).execute();
    expect(shared).toEqual([{ content: "About Shared" }]);
  });

  test("F16: one person's edge between shared nodes does not stand in another's way", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    await addGraph(store, "agent", [person("Eve"), person("Dan")]);
    for (const who of [ann.id, bob.id, "agent"]) {
      expect((await addGraph(store, who, [], ["Eve knows Dan"])).edges).toMatchObject([{ change: "created" }]);
    }
    const late = await addGraph(store, ann.id, [], ["Eve knows Dan"]);
    expect(late.edges).toMatchObject([{ change: "unchanged" }]);
    expect(await graphStats(store.db, "agent")).toMatchObject({ edges: 1 });
  });
});
