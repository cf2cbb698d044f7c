import { sql } from "kysely";
import { expect, test } from "vitest";
import { rowsRead, askedBy, planOf } from "../../../test/kit/asked.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphNode } from "./node.ts";
import { neighbourhood } from "./neighbours.ts";
import { graphPath } from "./path.ts";
import { graphSearch } from "./search.ts";
import { graphStats } from "./stats.ts";
import type { Store } from "../database/store.ts";

const around = (store: Store, who: string, id: string, depth = 1, limit = 300) =>
  neighbourhood(store, who, id, { depth, limit });
const names = (nodes: readonly { readonly name: string }[]) => nodes.map(({ name }) => name).toSorted();

/** A node with so many neighbours, half of them either way. */
async function hub(store: Store, many: number): Promise<string> {
  await addGraph(store, "agent", [person("Hub"), person("Far")]);
  const { db } = store;
  const { id } = await db.selectFrom("nodes").select("id").where("name", "=", "Hub").executeTakeFirstOrThrow();
  const nodes = Array.from({ length: many }, (_, at) => `n${String(at).padStart(6, "0")}`);
  for (let from = 0; from < many; from += 1000) {
    const some = nodes.slice(from, from + 1000);
    const row = { owner_id: null, data: "{}", created_at: 0 };
    await db
      .insertInto("nodes")
      .values(some.map((node) => ({ ...row, id: node, type: "n", name: node, content: "", updated_at: 0 })))
      .execute();
    const edges = some.map((node, at) => {
      const [source, target] = at % 2 === 0 ? [id, node] : [node, id];
      return { ...row, id: `e${node}`, type: "to", source, target };
    });
    await db.insertInto("edges").values(edges).execute();
  }
  if (store.kind === "postgres") await sql`ANALYZE`.execute(db);
  return id;
}

eachEngine("around a node", (engine) => {
  test("are the nearest first, to the depth that is asked for, with all edges between them", async () => {
    const store = await engine.store();
    await people(store);
    const { nodes, edges } = await addGraph(
      store,
      "agent",
      ["A", "B", "C", "D", "E", "Z"].map((name) => person(name)),
      ["A to B", "C to A", "B to D", "D to E", "C to B"],
    );
    const a = nodes[0]?.id ?? "";
    const one = await around(store, "agent", a);
    expect(one.nodes[0]).toEqual({ id: a, type: "person", name: "A", depth: 0, edges: 2 });
    expect(names(one.nodes)).toEqual(["A", "B", "C"]);
    expect(one.edges.map(({ id }) => id).toSorted()).toEqual([0, 1, 4].map((at) => edges[at]?.id ?? "").toSorted());
    expect(one.more).toBe(0);
    expect(names((await around(store, "agent", a, 2)).nodes)).toEqual(["A", "B", "C", "D"]);
    const three = await around(store, "agent", a, 3);
    expect(three.nodes.map(({ name, depth }) => `${name}${depth}`).toSorted()).toEqual(["A0", "B1", "C1", "D2", "E3"]);
    expect(three.nodes.map(({ depth }) => depth)).toEqual([0, 1, 1, 2, 3]);
  });

  test("F16: are those that the viewer may see", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { nodes } = await addGraph(store, "agent", [person("A"), person("B")], ["A to B"]);
    await addGraph(store, ann.id, [person("Secret")], ["Secret to A", "Secret to B"]);
    const a = nodes[0]?.id ?? "";
    expect(names((await around(store, ann.id, a)).nodes)).toEqual(["A", "B", "Secret"]);
    expect(await around(store, bob.id, a, 3)).toMatchObject({ nodes: [{ edges: 1 }, { edges: 1 }], more: 0 });
    const secret = (await graphSearch(store.db, ann.id, { query: "secret" })).items[0]?.id ?? "";
    await expect(around(store, bob.id, secret)).rejects.toMatchObject({ code: "not_found" });
    await expect(graphPath(store, bob.id, a, secret)).rejects.toMatchObject({ code: "not_found" });
    expect((await graphPath(store, ann.id, a, secret)).nodes).toHaveLength(2);
  });

  test("are at most so many where there are ten thousand, told with how many more", async () => {
    const store = await engine.store();
    await people(store);
    const id = await hub(store, 10_000);
    const found = await around(store, "agent", id, 2, 50);
    expect(found.nodes).toHaveLength(50);
    expect(found.edges).toHaveLength(49);
    expect(found.more).toBe(10_000 - 49);
    expect(found.nodes[0]).toMatchObject({ name: "Hub", depth: 0, edges: 2000 });
    expect(await around(store, "agent", id, 2, 50)).toEqual(found);
    const queries = await askedBy(store, (asking) => around(asking, "agent", id, 1, 50));
    const links = queries.find((query) => /f\.(value AS )?at/.test(query.sql));
    if (links === undefined) throw new Error("no query for the links");
    // PostgreSQL expects few, and may sort them: each is looked at once then.
    if (store.kind === "postgres") expect(await rowsRead(store, links)).toBeLessThan(2 * 10_000 + 600);
    // Both ways by an index that has the order already.
    else expect((await planOf(store, links)).filter((step) => /TEMP B-TREE FOR ORDER BY/.test(step))).toEqual([]);
  });

  test("a big node does not take the room of the others around", async () => {
    const store = await engine.store();
    await people(store);
    const id = await hub(store, 2000);
    await addGraph(
      store,
      "agent",
      ["Start", "Quiet", "Leaf"].map((name) => person(name)),
      [{ source: { ref: "Start" }, type: "to", target: { ref: id } }, "Start to Quiet", "Quiet to Leaf"],
    );
    const start = (await graphSearch(store.db, "agent", { query: "", name: "Start" })).items[0]?.id ?? "";
    const found = await around(store, "agent", start, 2, 20);
    expect(found.nodes).toHaveLength(20);
    expect(names(found.nodes)).toContain("Leaf");
    expect(found.more).toBeGreaterThan(1900);
  });
});

eachEngine("the way between two nodes", (engine) => {
  test("is the shortest, whichever way its edges lead, by up to six of them", async () => {
    const store = await engine.store();
    await people(store);
    const letters = ["A", "B", "C", "D", "E", "F", "G", "H", "Z"];
    const { nodes } = await addGraph(
      store,
      "agent",
      letters.map((name) => person(name)),
      ["A to B", "C to B", "C to D", "D to E", "F to E", "F to G", "G to H", "A to D"],
    );
    const id = (name: string): string => nodes[letters.indexOf(name)]?.id ?? "";
    const way = async (from: string, to: string) =>
      (await graphPath(store, "agent", id(from), id(to))).nodes.map(({ name }) => name).join("");
    expect(await way("A", "E")).toBe("ADE");
    expect(await way("E", "A")).toBe("EDA");
    expect(await way("B", "G")).toMatch(/^B[AC]DEFG$/);
    expect(await way("A", "A")).toBe("A");
    expect(await graphPath(store, "agent", id("A"), id("Z"))).toEqual({ nodes: [], edges: [], complete: true });
    const { edges } = await graphPath(store, "agent", id("A"), id("E"));
    expect(edges.map(({ source, target }) => [source, target])).toEqual([
      [id("A"), id("D")],
      [id("D"), id("E")],
    ]);
    expect(await way("B", "H")).toMatch(/^B[AC]DEFGH$/);
    await addGraph(store, "agent", [person("I")], ["H to I"]);
    const far = (await graphSearch(store.db, "agent", { query: "", name: "I" })).items[0]?.id ?? "";
    expect((await graphPath(store, "agent", id("B"), far)).nodes).toEqual([]);
  });

  test("leads through a node with ten thousand neighbours", async () => {
    const store = await engine.store();
    await people(store);
    await hub(store, 10_000);
    const { nodes } = await graphPath(store, "agent", "n000000", "n009999");
    expect(nodes.map(({ name }) => name)).toEqual(["n000000", "Hub", "n009999"]);
  });
});

eachEngine("the graph in long and common use", (engine) => {
  test("F57: a session that several runs note at once is one node, and its context is found from it", async () => {
    const store = await engine.store();
    await people(store);
    const topics = ["movers", "boxes", "keys"];
    const session = { type: "session", name: "2026-11-29 chat 3f2a" };
    await Promise.all(
      topics.map((topic) =>
        addGraph(
          store,
          "agent",
          [session, { type: "topic", name: topic, content: `What was said of ${topic}` }],
          [{ source: { ref: session.name }, type: "about", target: { ref: topic } }],
        ),
      ),
    );
    const { items, total } = await graphSearch(store.db, "agent", { query: "", type: "session" });
    expect(total).toBe(1);
    const found = await around(store, "agent", items[0]?.id ?? "");
    expect(names(found.nodes.slice(1))).toEqual(topics.toSorted());
    expect((await graphNode(store.db, "agent", items[0]?.id ?? "")).edges.total).toBe(3);
  });

  test("F50: long and concurrent use never meets a stale session", async () => {
    const store = await engine.store();
    await people(store);
    await addGraph(store, "agent", [person("Hub")]);
    const { id } = await store.db.selectFrom("nodes").select("id").executeTakeFirstOrThrow();
    for (let round = 0; round < 5; round++) {
      const work = Array.from({ length: 20 }, (_, at) => [
        addGraph(
          store,
          "agent",
          [person(`P${round} ${at}`)],
          [{ source: { ref: id }, type: "knows", target: { ref: `P${round} ${at}` } }],
        ),
        graphSearch(store.db, "agent", { query: "hub" }),
        around(store, "agent", id, 2),
        graphStats(store.db, "agent"),
      ]);
      await Promise.all(work.flat());
    }
    expect(await graphStats(store.db, "agent")).toMatchObject({ nodes: 101, edges: 100 });
    expect((await around(store, "agent", id)).nodes).toHaveLength(101);
  });
});
