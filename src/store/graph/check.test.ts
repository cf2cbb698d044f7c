import { sql } from "kysely";
import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphCheck } from "./check.ts";
import { graphSearch } from "./search.ts";
import { graphStats } from "./stats.ts";
import type { Store } from "../database/store.ts";

/** What no verb of ours writes: an edge as an import or a bug may leave it. */
async function rawEdge(store: Store, id: string, source: string, target: string): Promise<void> {
  const relax =
    store.kind === "sqlite"
      ? sql`PRAGMA ignore_check_constraints = ON`
      : sql`ALTER TABLE edges DROP CONSTRAINT IF EXISTS edges_check`;
  await relax.execute(store.db);
  const edge = { id, owner_id: null, source, target, type: "raw", data: "{}", created_at: 0 };
  await store.db.insertInto("edges").values(edge).execute();
}

eachEngine("checking the graph", (engine) => {
  test("an empty graph is in order", async () => {
    const store = await engine.store();
    const none = { count: 0, examples: [] };
    expect(await graphCheck(store.db, "agent")).toEqual({
      nodes: 0,
      edges: 0,
      ok: true,
      isolated: none,
      dangling: none,
      selfLoops: none,
      duplicates: none,
      emptyContent: none,
      sameEdges: none,
      contradictions: none,
    });
  });

  test("finds edges that are there twice, and ends that contradict each other, in their own direction alone", async () => {
    const store = await engine.store();
    await people(store);
    const towns = ["Rome", "Oslo"].map((name) => ({ type: "town", name, content: "-" }));
    const lives = (target: string, type: string) => ({ source: { ref: "Ann" }, type, target: { ref: target } });
    const { edges } = await addGraph(
      store,
      "agent",
      [person("Ann"), person("Bob"), ...towns],
      [lives("Rome", "lives_in"), lives("Oslo", "Lives in"), "Ann knows Bob", "Ann KNOWS Bob", "Bob knows Ann"],
    );
    const { sameEdges, contradictions, ok } = await graphCheck(store.db, "agent");
    expect(ok).toBe(false);
    expect(sameEdges.count).toBe(1);
    expect(sameEdges.examples[0]?.edges.map((edge) => edge.id).toSorted()).toEqual(
      [edges[2]?.id ?? "", edges[3]?.id ?? ""].toSorted(),
    );
    expect(contradictions).toMatchObject({
      count: 1,
      examples: [{ node: { name: "Ann" }, type: "lives in", targets: [{ name: "Oslo" }, { name: "Rome" }] }],
    });
    expect(contradictions.examples[0]?.targets).toHaveLength(2);
  });

  test("finds each kind of trouble and names it", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const added = await addGraph(
      store,
      "agent",
      [
        person("Eve"),
        person("Dan"),
        person("Loner"),
        person("Empty", " "),
        { type: "topic", name: "dan ", content: "x" },
      ],
      ["Eve knows Dan", "Eve knows Empty"],
    );
    const [eve, dan, loner, empty, twin] = added.nodes.map(({ change: _, ...label }) => label);
    const secret = (await addGraph(store, ann.id, [person("Secret")])).nodes[0]?.id ?? "";
    await rawEdge(store, "loop", loner?.id ?? "", loner?.id ?? "");
    await rawEdge(store, "dangling", secret, eve?.id ?? "");

    const check = await graphCheck(store.db, "agent");
    expect(check).toMatchObject({ nodes: 5, edges: 4, ok: false });
    expect(check.isolated).toEqual({ count: 2, examples: [loner, twin] });
    expect(check.emptyContent).toEqual({ count: 1, examples: [empty] });
    expect(check.selfLoops).toMatchObject({ count: 1, examples: [{ id: "loop", source: { name: "Loner" } }] });
    expect(check.duplicates).toEqual({ count: 1, examples: [{ name: "dan", nodes: [dan, twin] }] });
    expect(check.dangling).toEqual({
      count: 1,
      examples: [
        { id: "dangling", type: "raw", source: { id: secret, name: null }, target: { id: eve?.id, name: "Eve" } },
      ],
    });
  });

  test("counts all and shows at most twenty of a kind", async () => {
    const store = await engine.store();
    await people(store);
    const names = Array.from({ length: 30 }, (_, at) => `n${at}`);
    await addGraph(
      store,
      "agent",
      names.flatMap((name) => [person(name, ""), { type: "topic", name: name.toUpperCase() }]),
    );
    const { isolated, emptyContent, duplicates } = await graphCheck(store.db, "agent");
    for (const finding of [isolated, emptyContent]) {
      expect(finding).toMatchObject({ count: 60 });
      expect(finding.examples).toHaveLength(20);
    }
    expect(duplicates.count).toBe(30);
    expect(duplicates.examples.map((each) => each.nodes.length)).toEqual(Array.from({ length: 20 }, () => 2));
  });

  test("F49: stats, check and search agree, for each who looks", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    await addGraph(store, "agent", [person("Eve"), person("Dan"), person("Loner")], ["Eve knows Dan"]);
    await addGraph(store, ann.id, [person("Secret")], ["Secret knows Loner"]);
    for (const [who, isolated] of [
      [ann.id, 0],
      [bob.id, 1],
      ["agent", 1],
    ] as const) {
      const stats = await graphStats(store.db, who);
      const check = await graphCheck(store.db, who);
      const search = await graphSearch(store.db, who, { query: "" });
      expect(check).toMatchObject({ nodes: stats.nodes, edges: stats.edges, isolated: { count: isolated } });
      expect(search.total).toBe(stats.nodes);
      expect(search.items.filter((item) => item.neighbours === 0)).toHaveLength(isolated);
    }
  });
});
