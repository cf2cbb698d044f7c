import { expect, test } from "vitest";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { exported, imported } from "../../../test/kit/graph-file.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { HOSTILE_WORDS } from "../../../test/kit/hostile-words.ts";
import { people } from "../../../test/kit/members.ts";
import { setAliases } from "../../store/graph/aliases.ts";
import { graphCheck } from "../../store/graph/check.ts";
import { graphStats } from "../../store/graph/stats.ts";
import { addFact, removeFact } from "../../store/facts/change.ts";
import { listFacts } from "../../store/facts/list.ts";
import type { User } from "../../store/people/user.ts";
import { indexRecall } from "../../store/recall/indexing.ts";
import { recall } from "../../store/recall/recall.ts";
import type { Store } from "../../store/database/store.ts";

/** All that an import could change. */
async function everything(store: Store): Promise<object> {
  const [nodes, edges, changes, counts, aliases, facts] = await Promise.all([
    store.db.selectFrom("nodes").selectAll().orderBy("id").execute(),
    store.db.selectFrom("edges").selectAll().orderBy("id").execute(),
    store.db.selectFrom("graph_changes").selectAll().orderBy("id").execute(),
    store.db.selectFrom("graph_counts").selectAll().orderBy("part").orderBy("type").orderBy("owner_id").execute(),
    store.db.selectFrom("node_aliases").selectAll().orderBy("node_id").orderBy("name").execute(),
    store.db.selectFrom("facts").selectAll().orderBy("id").execute(),
  ]);
  return { nodes, edges, changes, counts, aliases, facts };
}

/** Of the owner's and of everybody's, with every word that is hard to write. */
async function filled(store: Store): Promise<string> {
  const { owner } = await people(store);
  const hard = HOSTILE_WORDS.map((word) => ({
    type: word,
    name: word,
    content: word,
    data: { [word]: [word, { word }] },
  }));
  await addGraph(store, "agent", [person("Eve"), person("Dan"), ...hard], ["Eve knows Dan", "Dan knows Eve"]);
  const { nodes } = await addGraph(
    store,
    owner.id,
    [person("Eve", "Mine"), person("Own")],
    [
      { source: { ref: "Own" }, type: 'likes "<x>"', target: { ref: "Dan" }, data: { since: 2001, tags: ["a", null] } },
      "Own knows Eve",
    ],
  );
  const [id = ""] = nodes.map((node) => node.id);
  await store.transact((tx) =>
    setAliases(
      tx.db,
      id,
      HOSTILE_WORDS.slice(0, 9).map((name) => ({ type: "person", name })),
    ),
  );
  await known(store, owner, id);
  return owner.id;
}

const KNOWN = 5;

/** Of one node: what holds and what it ended, what waits, and hard words; of a shared one what all know. */
async function known(store: Store, owner: User, subject: string): Promise<void> {
  const say = async (about: string, text: string, more: object = {}) =>
    (await addFact(store, owner, { subject: about, text, ...more })).fact.id;
  await say(subject, "Eve lives in Oslo", { relation: "lives in", validFrom: 1000 });
  await say(subject, "Eve lives in Rome", { relation: "lives in", validFrom: 2000, pinned: true });
  await say(
    subject,
    `Eve said "<x>" & 'y' \\u0027 ]]> =1 ${HOSTILE_WORDS.join(" ").replace(/[\p{Cc}\p{Cn}\p{Cs}]/gu, " ")}`
      .slice(0, 400)
      .trim(),
  );
  const waits = await say(subject, "Eve may like tea", { kind: "preference" });
  await store.db.updateTable("facts").set({ status: "proposed", stated: 0 }).where("id", "=", waits).execute();
  const dan = await store.db.selectFrom("nodes").select("id").where("name", "=", "Dan").executeTakeFirstOrThrow();
  const shared = await say(dan.id, "Dan is tall", { kind: "event", validTo: 3000 });
  await store.db
    .updateTable("facts")
    .set({ owner_id: null, object_id: dan.id, uses: 7, last_used_at: 5000 })
    .where("id", "=", shared)
    .execute();
}

const FORMATS = ["jsonl", "json", "graphml"] as const;

eachEngine("importing the graph", (engine) => {
  test.each(FORMATS)(
    "F53 an export as %s into an empty home is the same export there, and a second time changes nothing",
    async (format) => {
      const [from, to] = [await engine.store(), await engine.store()];
      const userId = await filled(from);
      const { owner } = await people(to);
      const text = await exported(from, userId, format);
      const first = await imported(to, owner.id, text, { shared: true });
      expect(first).toMatchObject({
        format,
        nodes: { created: HOSTILE_WORDS.length + 4, updated: 0, unchanged: 0, kept: 0 },
        edges: { created: 4, updated: 0, unchanged: 0, skipped: 0 },
        facts: { created: KNOWN, unchanged: 0, kept: 0 },
        notes: [],
      });
      expect(await exported(to, owner.id, format)).toBe(text);
      const { nodes, edges } = await graphStats(from.db, userId);
      expect(await graphStats(to.db, owner.id)).toMatchObject({ nodes, edges });
      const before = await everything(to);
      const second = await imported(to, owner.id, text, { shared: true });
      expect(second).toMatchObject({
        nodes: { created: 0, updated: 0, unchanged: HOSTILE_WORDS.length + 4, kept: 0 },
        edges: { created: 0, updated: 0, unchanged: 4, skipped: 0 },
        facts: { created: 0, unchanged: KNOWN, kept: 0 },
      });
      // Nor does the home that it comes from, be it for all or for its owner alone.
      expect(await everything(to)).toEqual(before);
      const home = await everything(from);
      for (const shared of [true, false]) {
        expect(await imported(from, userId, text, { shared })).toMatchObject({
          nodes: { created: 0, updated: 0 },
          edges: { created: 0, updated: 0 },
          facts: { created: 0, unchanged: KNOWN, kept: 0 },
        });
      }
      expect(await everything(from)).toEqual(home);
    },
  );

  test("a dry run says what an import does, and does nothing", async () => {
    const [from, to] = [await engine.store(), await engine.store()];
    const text = await exported(from, await filled(from), "jsonl");
    const { ann } = await people(to);
    await addGraph(to, ann.id, [person("Own", "Older")], []);
    await addGraph(to, "agent", [person("Dan", "Somebody else")], []);
    const before = await everything(to);
    const said = await imported(to, ann.id, text, { dryRun: true });
    expect(await everything(to)).toEqual(before);
    const { dryRun, ...done } = await imported(to, ann.id, text);
    expect({ ...done, dryRun: true }).toEqual(said);
    expect(dryRun).toBe(false);
    // Eve is twice in the file, and would be Ann's twice: she becomes one.
    expect(said.nodes).toEqual({
      created: HOSTILE_WORDS.length + 1,
      updated: expect.any(Number),
      unchanged: expect.any(Number),
      kept: expect.any(Number),
    });
  });

  test("what is new is the importer's alone, and nothing shared or of another's is changed", async () => {
    const [from, to] = [await engine.store(), await engine.store()];
    const text = await exported(from, await filled(from), "json");
    const { ann, bob, owner } = await people(to);
    await addGraph(to, "agent", [person("Dan", "Everybody's")], []);
    await addGraph(to, owner.id, [person("Own", "The owner's")], []);
    const done = await imported(to, ann.id, text);
    expect(done.nodes.kept).toBeGreaterThan(0);
    expect(await graphStats(to.db, bob.id)).toMatchObject({ nodes: 1, edges: 0 });
    const rows = await to.db
      .selectFrom("nodes")
      .select(["owner_id", "name", "content"])
      .where("name", "in", ["Dan", "Own"])
      .orderBy("content")
      .execute();
    expect(rows).toEqual([
      { owner_id: ann.id, name: "Own", content: "About Own" },
      { owner_id: null, name: "Dan", content: "Everybody's" },
      { owner_id: owner.id, name: "Own", content: "The owner's" },
    ]);
    expect((await graphCheck(to.db, ann.id)).dangling.count).toBe(0);
  });

  test("what is known comes as the importer's own, and what was forgotten here is not brought back", async () => {
    const [from, to] = [await engine.store(), await engine.store()];
    const text = await exported(from, await filled(from), "jsonl");
    const { ann, bob } = await people(to);
    expect((await imported(to, ann.id, text)).facts.created).toBe(KNOWN);
    expect(await listFacts(to, bob, { status: "all" })).toMatchObject({ items: [] });
    const [rome] = (await listFacts(to, ann, {})).items.filter((fact) => fact.text === "Eve lives in Rome");
    const [oslo] = (await listFacts(to, ann, { status: "retired" })).items;
    expect(rome).toMatchObject({ author: "ann", sources: [], pinned: true, subject: { name: "Eve" } });
    expect(oslo).toMatchObject({ supersededBy: rome?.id, validTo: "1970-01-01T00:00:02.000Z" });
    while (!(await indexRecall(to, 500))) continue;
    const found = await recall(to, { viewer: ann, within: null }, { query: "lives Rome", kinds: ["fact"] });
    expect(found.items.map(({ id }) => id)).toEqual([rome?.id]);
    await removeFact(to, ann, rome?.id ?? "");
    expect((await imported(to, ann.id, text)).facts).toMatchObject({ created: 0 });
    expect((await listFacts(to, ann, { status: "all" })).items.map((fact) => fact.text)).not.toContain(rome?.text);
    // With ids of another program it is the same sentence that is the same.
    const other = {
      nodes: [{ id: "n", type: "person", name: "Kim" }],
      edges: [],
      facts: [{ id: "f", subject: "n", text: "Kim sings" }],
    };
    for (const created of [1, 0]) {
      expect((await imported(to, ann.id, JSON.stringify(other))).facts.created).toBe(created);
    }
    const lost = { ...other, facts: [{ id: "f", subject: "nobody", text: "Kim sings" }] };
    await expect(imported(to, ann.id, JSON.stringify(lost))).rejects.toMatchObject({
      message: expect.stringContaining('subject: no node of the file has the id "nobody"'),
    });
    const backwards = {
      ...other,
      facts: [{ ...other.facts[0], validFrom: "2026-01-02T00:00:00Z", validTo: "2026-01-01T00:00:00Z" }],
    };
    await expect(imported(to, ann.id, JSON.stringify(backwards))).rejects.toMatchObject({
      message: expect.stringContaining("it would end before it begins"),
    });
  });

  test("what is newer here stays, and what is missing is filled in", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const added = await addGraph(
      store,
      ann.id,
      [
        { ...person("Eve", "New"), data: { a: 1 } },
        { type: "person", name: "Dan" },
      ],
      [],
    );
    const [eve, dan] = added.nodes.map(({ id }) => id);
    const old = { type: "person", updatedAt: "2020-01-01T00:00:00Z" };
    const file = (more: object) =>
      JSON.stringify({
        nodes: [
          { id: eve, name: "Eve", content: "Old", data: { a: 2, b: 2 }, ...old, ...more },
          { id: dan, name: "Dan", content: "Filled", ...old },
        ],
        edges: [],
      });
    expect((await imported(store, ann.id, file({}))).nodes).toEqual({ created: 0, updated: 2, unchanged: 0, kept: 0 });
    const now = async () => store.db.selectFrom("nodes").select(["content", "data"]).orderBy("name").execute();
    expect((await now()).map(({ content, data }) => [content, JSON.parse(data)])).toEqual([
      ["Filled", {}],
      ["New", { a: 1, b: 2 }],
    ]);
    expect((await imported(store, ann.id, file({}))).nodes).toMatchObject({ updated: 0, unchanged: 1, kept: 1 });
    expect((await imported(store, ann.id, file({ updatedAt: undefined }))).nodes).toMatchObject({
      updated: 1,
      unchanged: 1,
    });
    expect((await now()).at(-1)?.content).toBe("Old");
  });

  test("an import that is stopped in the middle says what is there, and is taken up by doing it again", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const nodes = Array.from({ length: 700 }, (_, at) => ({ id: `${at}`, type: "thing", name: `n${at}` }));
    const edges = nodes.slice(1).map(({ id }) => ({ source: "0", target: id, type: "has" }));
    const text = JSON.stringify({ nodes, edges });
    const stoppedAfter = async (portions: number): Promise<unknown> => {
      const stop = new AbortController();
      let written = 0;
      const transact: Store["transact"] = async (...all) => {
        const done = await store.transact(...all);
        written += 1;
        if (written === portions) stop.abort();
        return done;
      };
      return imported({ ...store, transact }, ann.id, text, {}, stop.signal).catch((error: unknown) => error);
    };
    const stopped = (nodes: number, edges: number): object => ({
      code: "unavailable",
      message: `the import was stopped in the middle; ${nodes} nodes and ${edges} edges of the file are in the memory`,
      hint: expect.stringContaining("import the same file again"),
    });
    expect(await stoppedAfter(1)).toMatchObject(stopped(500, 0));
    expect(await graphStats(store.db, ann.id)).toMatchObject({ nodes: 500, edges: 0 });
    expect(await stoppedAfter(3)).toMatchObject(stopped(200, 500));
    const rest = await imported(store, ann.id, text);
    expect([rest.nodes.created, rest.nodes.unchanged]).toEqual([0, 700]);
    expect([rest.edges.created, rest.edges.unchanged]).toEqual([199, 500]);
    expect(await graphStats(store.db, ann.id)).toMatchObject({ nodes: 700, edges: 699 });
  });

  test("two imports of one file at once make each thing once", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const nodes = Array.from({ length: 300 }, (_, at) => ({ id: `${at}`, type: "thing", name: `n${at % 250}` }));
    const edges = nodes.slice(1, 200).map(({ id }) => ({ source: "0", target: id, type: "has" }));
    const text = JSON.stringify({ nodes, edges });
    const both = await Promise.all([imported(store, ann.id, text), imported(store, ann.id, text)]);
    expect(both[0].nodes.created + both[1].nodes.created).toBe(250);
    expect(both[0].edges.created + both[1].edges.created).toBe(199);
    expect(await graphStats(store.db, ann.id)).toMatchObject({ nodes: 250, edges: 199 });
  });
});

test("an edge that would join a node with itself is left out: in the file, or by what its ends are here", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const nodes = ["a", "b"].map((id) => ({ id, type: "thing", name: "the same" }));
  const edges = [
    { source: "a", target: "b", type: "is" },
    { source: "a", target: "a", type: "is" },
  ];
  const done = await imported(store, ann.id, JSON.stringify({ nodes, edges }));
  expect([done.nodes, done.edges]).toEqual([
    { created: 1, updated: 0, unchanged: 1, kept: 0 },
    { created: 0, updated: 0, unchanged: 0, skipped: 2 },
  ]);
});

test("an id of the file is kept where it is free, and is another's nowhere", async () => {
  const store = await sqlite.store();
  const { ann, bob } = await people(store);
  const { nodes } = await addGraph(store, bob.id, [person("Bob's")], []);
  const [taken = "", free] = [nodes[0]?.id, "0123456789abcdefghjk"];
  const file = [taken, free, "n1"].map((id, at) => ({ id, type: "thing", name: `n${at}` }));
  await imported(store, ann.id, JSON.stringify({ nodes: file, edges: [] }));
  const mine = await store.db
    .selectFrom("nodes")
    .select(["id", "name"])
    .where("owner_id", "=", ann.id)
    .orderBy("name")
    .execute();
  expect(mine.map(({ id }) => id)).toEqual([
    expect.not.stringMatching(taken),
    free,
    expect.stringMatching(/^[0-9a-z]{20}$/),
  ]);
});
