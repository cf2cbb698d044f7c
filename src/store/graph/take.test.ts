import { sql } from "kysely";
import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { until } from "../../../test/kit/worker.ts";
import type { Store, Tx } from "../database/store.ts";
import { graphAdd } from "./add.ts";
import { setAliases } from "./aliases.ts";
import { graphStats } from "./stats.ts";
import { takeEdges, takeNodes, type FileNode, type TakenNode } from "./take.ts";

const LIKE_ALICE = { type: "person", name: "Alice", content: "", aliases: [], shared: false } as const;

/** Takes nodes while another, who writes first, is not done yet. */
async function whileTaking(
  store: Store,
  userId: string,
  nodes: readonly FileNode[],
  write: (tx: Tx) => Promise<unknown>,
): Promise<readonly TakenNode[]> {
  let taking: Promise<readonly TakenNode[]> | undefined;
  await store.transact(async (tx) => {
    await write(tx);
    const taker = { userId, shared: false, dryRun: false };
    taking ??= store.transact((other) => takeNodes(other, taker, nodes, new Map()));
    if (tx.kind === "sqlite") return;
    await until("it waits", async () => {
      // Otherwise a transaction sees one moment of it again and again.
      await sql`SELECT pg_stat_clear_snapshot()`.execute(tx.db);
      const { rows } = await sql`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(tx.db);
      return rows.length > 0;
    });
  });
  return (await taking) ?? [];
}

eachEngine("what is taken from a file", (engine) => {
  test("joins what another adds in the same moment, and what the file itself says twice or under another name", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const nodes = [
      { ...LIKE_ALICE, id: "1", data: { file: 1 } },
      { ...LIKE_ALICE, id: "2", data: { twice: 2 } },
      { ...LIKE_ALICE, id: "3", name: "Bob", data: {}, aliases: [{ type: "person", name: "Robert" }] },
      { ...LIKE_ALICE, id: "4", name: "Robert", data: { of: "Bob" } },
      { ...LIKE_ALICE, id: "5", name: "Zoe", data: {} },
    ];
    const taken = await whileTaking(store, ann.id, nodes, (tx) =>
      graphAdd(
        tx.db,
        { userId: ann.id, ownerId: ann.id, now: tx.now, newId: () => tx.newId() },
        { nodes: [{ type: "person", name: "Alice", data: { run: 1 } }], edges: [] },
      ),
    );
    expect(taken.map(({ fileId, took }) => [fileId, took])).toEqual([
      ["1", "updated"],
      ["2", "updated"],
      ["3", "created"],
      ["4", "updated"],
      ["5", "created"],
    ]);
    const rows = await store.db.selectFrom("nodes").select(["id", "name", "data"]).orderBy("name").execute();
    expect(rows.map(({ name, data }) => [name, JSON.parse(data)])).toEqual([
      ["Alice", { run: 1, file: 1, twice: 2 }],
      ["Bob", { of: "Bob" }],
      ["Zoe", {}],
    ]);
    expect(taken.map(({ node }) => node.id)).toEqual([0, 0, 1, 1, 2].map((at) => rows[at]?.id));
    expect((await graphStats(store.db, ann.id)).nodes).toBe(3);
    const added = await store.db
      .selectFrom("graph_changes")
      .select("name")
      .where("op", "=", "added")
      .orderBy("name")
      .execute();
    expect(added.map(({ name }) => name)).toEqual(["Alice", "Bob", "Zoe"]);
    const marks = await store.db.selectFrom("recall_nodes").select("node_id").execute();
    expect(new Set(marks.map(({ node_id }) => node_id))).toEqual(new Set(rows.map(({ id }) => id)));
  });

  test("keeps what others have added to a node since it was looked at", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await addGraph(store, ann.id, [person("Alice")]);
    const node = {
      id: "alice",
      type: "person",
      name: "Alice",
      content: "",
      data: { file: 1 },
      aliases: [],
      shared: false,
    };
    await whileTaking(store, ann.id, [node], (tx) =>
      tx.db
        .updateTable("nodes")
        .set({ data: JSON.stringify({ run: 1 }) })
        .where("name", "=", "Alice")
        .execute(),
    );
    const { data } = await store.db
      .selectFrom("nodes")
      .select("data")
      .where("name", "=", "Alice")
      .executeTakeFirstOrThrow();
    expect(JSON.parse(data)).toEqual({ run: 1, file: 1 });
  });

  test("keeps names that others give a node meanwhile", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { nodes } = await addGraph(store, ann.id, [{ ...person("Alice", ""), data: { file: 1 } }]);
    const id = nodes[0]?.id ?? "";
    const node = { ...LIKE_ALICE, id: "alice", data: { file: 1 }, aliases: [{ type: "person", name: "Lizzy" }] };
    const [one] = await whileTaking(store, ann.id, [node], async (tx) => {
      await tx.db.updateTable("nodes").set({ updated_at: tx.now }).where("id", "=", id).execute();
      await setAliases(tx.db, id, [{ type: "person", name: "Ali" }]);
    });
    expect(one).toMatchObject({ took: "updated", node: { id } });
    const aliases = await store.db.selectFrom("node_aliases").select("name").orderBy("name").execute();
    expect(aliases.map(({ name }) => name)).toEqual(["Ali", "Lizzy"]);
  });

  test.each([
    { what: "with more to say", more: { data: { file: 1 } } },
    { what: "with another name", more: { data: {}, aliases: [{ type: "person", name: "Lizzy" }] } },
  ])(
    "makes a node $what anew that somebody takes away meanwhile, and no edge to one that is gone",
    async ({ more }) => {
      const store = await engine.store();
      const { ann } = await people(store);
      const { nodes } = await addGraph(store, ann.id, [person("Alice"), person("Bob")]);
      const [one] = await whileTaking(store, ann.id, [{ ...LIKE_ALICE, id: "alice", ...more }], ({ db }) =>
        db.deleteFrom("nodes").where("name", "=", "Alice").execute(),
      );
      expect(one?.took).toBe("created");
      const rows = await store.db.selectFrom("nodes").select("id").where("name", "=", "Alice").execute();
      expect(rows).toEqual([{ id: one?.node.id }]);

      const gone = { id: nodes[0]?.id ?? "", type: "person", name: "Alice", owner_id: ann.id, chat_id: null };
      const bob = { ...gone, id: nodes[1]?.id ?? "", name: "Bob" };
      const edge = { source: gone, target: bob, type: "knows", data: {}, shared: false };
      const taker = { userId: ann.id, shared: false, dryRun: false };
      await expect(store.transact((tx) => takeEdges(tx, taker, [edge], new Map()))).rejects.toMatchObject({
        code: "conflict",
      });
      expect(await store.db.selectFrom("edges").selectAll().execute()).toEqual([]);
    },
  );
});
