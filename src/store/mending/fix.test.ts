import { sql } from "kysely";
import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphCheck } from "../graph/check.ts";
import { graphStats } from "../graph/stats.ts";
import type { Store } from "../database/store.ts";
import { fixGraph, type FixKind } from "./fix.ts";
import { undoChange } from "./undo.ts";

const ALL: readonly FixKind[] = ["empty", "duplicates", "sameEdges", "selfLoops", "dangling"];

/** An edge as an import or a bug may leave it, and no verb of ours does. */
async function rawLoop(store: Store, node: string): Promise<void> {
  const relax =
    store.kind === "sqlite"
      ? sql`PRAGMA ignore_check_constraints = ON`
      : sql`ALTER TABLE edges DROP CONSTRAINT IF EXISTS edges_check`;
  await relax.execute(store.db);
  const edge = { id: "loop", owner_id: null, source: node, target: node, type: "raw", data: "{}", created_at: 0 };
  await store.db.insertInto("edges").values(edge).execute();
  await store.db
    .insertInto("graph_counts")
    .values({ part: "edge", owner_id: null, chat_id: null, type: "raw", n: 1 })
    .execute();
}

const held = async ({ db }: Store) => ({
  nodes: await db.selectFrom("nodes").select(["id", "name", "content"]).orderBy("id").execute(),
  edges: await db.selectFrom("edges").select(["id", "type", "source", "target"]).orderBy("id").execute(),
});

eachEngine("putting the graph right", (engine) => {
  test("does what it said it would, finds nothing then, and each is undone", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { nodes } = await addGraph(
      store,
      "agent",
      [
        person("Ann"),
        person("ann ", "Likes tea"),
        person("Bob"),
        { type: "topic", name: "bob", content: "x" },
        person("Nil", ""),
      ],
      ["Ann knows Bob", "Ann KNOWS Bob"].map((words) => {
        const [source = "", type = "", target = ""] = words.split(" ");
        return { source: { ref: source }, type, target: { ref: target, type: "person" } };
      }),
    );
    await rawLoop(store, nodes[2]?.id ?? "");
    const before = await held(store);
    const would = await fixGraph(store, owner, ALL, true);
    expect(await held(store)).toEqual(before);
    expect(would).toMatchObject({ dryRun: true, more: false });
    expect(would.done.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: "duplicates", what: expect.stringMatching(/^(ann  → Ann|Ann → ann )$/) },
      { kind: "empty", what: "Nil" },
      { kind: "sameEdges", what: expect.stringMatching(/^Ann knows Bob$/i) },
      { kind: "selfLoops", what: "Bob raw Bob" },
    ]);

    const fixed = await fixGraph(store, owner, ALL, false);
    expect(fixed.done.map(({ kind, what }) => ({ kind, what }))).toEqual(would.done);
    const check = await graphCheck(store.db, "agent");
    expect(check).toMatchObject({
      nodes: 3,
      edges: 1,
      selfLoops: { count: 0 },
      sameEdges: { count: 0 },
      emptyContent: { count: 0 },
    });
    expect(await graphStats(store.db, "agent")).toMatchObject({ nodes: 3, edges: 1 });
    expect((await fixGraph(store, owner, ALL, false)).done).toEqual([]);

    for (const { change = 0, kind } of fixed.done.toReversed()) {
      // Nothing makes an edge from a node to itself again, not even this.
      if (kind !== "selfLoops") await undoChange(store, owner, change);
    }
    const after = await held(store);
    expect(after.nodes).toEqual(before.nodes);
    expect(after.edges).toEqual(before.edges.filter(({ id }) => id !== "loop"));
  });

  test("F56: edges of one type, however it is written, become one that leads the same way", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const parent = (source: string, type: string, target: string) => ({
      source: { ref: source },
      type,
      target: { ref: target },
    });
    await addGraph(
      store,
      "agent",
      [person("Ann"), person("Bob")],
      [
        { ...parent("Ann", "parent_of", "Bob"), data: { born: 2001 } },
        { ...parent("Ann", "Parent of", "Bob"), data: { where: "Rome" } },
        parent("Bob", "parent of", "Ann"),
        parent("Bob", "child of", "Ann"),
      ],
    );
    expect((await fixGraph(store, owner, ["sameEdges"], false)).done).toHaveLength(1);
    const { rows } = await sql<{ source: string; type: string; target: string; data: string }>`
      SELECT s.name AS source, e.type, t.name AS target, e.data FROM edges e
      JOIN nodes s ON s.id = e.source JOIN nodes t ON t.id = e.target`.execute(store.db);
    const plain = rows.map(({ source, type, target }) => `${source} ${type.replace("_", " ").toLowerCase()} ${target}`);
    expect(plain.toSorted()).toEqual(["Ann parent of Bob", "Bob child of Ann", "Bob parent of Ann"]);
    expect(JSON.parse(rows.find(({ source }) => source === "Ann")?.data ?? "")).toEqual({ born: 2001, where: "Rome" });
  });

  test("F16: a member puts right what is theirs, and nothing that others see", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    await addGraph(store, "agent", [person("Shared", "")]);
    await addGraph(store, ann.id, [person("Secret", "")]);
    expect((await fixGraph(store, owner, ["empty"], true)).done).toEqual([{ kind: "empty", what: "Shared" }]);
    expect((await fixGraph(store, ann, ["empty"], false)).done).toMatchObject([{ what: "Secret" }]);
    expect((await held(store)).nodes.map(({ name }) => name)).toEqual(["Shared"]);
  });

  test("does some two hundred at a time, and says that there is more", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const names = Array.from({ length: 210 }, (_, at) => person(`n${at}`, ""));
    await addGraph(store, "agent", names);
    const first = await fixGraph(store, owner, ["empty"], false);
    expect(first).toMatchObject({ more: true });
    const second = await fixGraph(store, owner, ["empty"], false);
    expect(second).toMatchObject({ more: false });
    expect(first.done.length + second.done.length).toBe(210);
  });
});
