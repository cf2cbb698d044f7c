import { expect, test } from "vitest";
import { z } from "zod";
import { eachEngine } from "../../test/kit/databases.ts";
import { until } from "../../test/kit/worker.ts";
import { addGraph } from "../../test/kit/graph.ts";
import { people } from "../../test/kit/members.ts";
import { toolContext } from "../../test/kit/tool-context.ts";
import { isGraphTool } from "../core/graph-tools.ts";
import type { Json } from "../core/events.ts";
import type { Change } from "../core/hub.ts";
import type { Store } from "../store/database/store.ts";
import { createChat } from "../store/chats/chats.ts";
import { NOTE, notesAmong } from "../store/recall/notes.ts";
import { ensureUsers } from "../store/people/users.ts";
import type { User } from "../store/people/user.ts";
import { createRegistry, prepareCall } from "../tools/registry.ts";
import { graphTools } from "./graph.ts";
import { factTools } from "./memory/facts.ts";
import { recallTool } from "./recall.ts";

/** Runs one call as a run of the user's chat does, or of this one: in one transaction. */
async function call(store: Store, user: User, name: string, args: Json, where?: string): Promise<Json> {
  const chatId = where ?? (await createChat(store, user, { key: "own" })).chat.id;
  const prepared = prepareCall(createRegistry(graphTools(store)), name, args);
  if (!prepared.ok) throw new Error(prepared.error);
  if (prepared.kind !== "transactional") throw new Error(`${name} is not transactional`);
  const principal = { userId: user.id, name: user.name, isAgent: user.role === "agent" };
  const context = { ...toolContext({ principal, chatId }), emit: () => {} };
  return (await store.transact((tx) => prepared.execute(context, tx))) as Json;
}

async function idOf(store: Store, content: string): Promise<string> {
  const row = await store.db.selectFrom("nodes").select("id").where("content", "=", content).executeTakeFirstOrThrow();
  return row.id;
}

/** For what no tool runs for. */
const nowhere = {} as Store;

const family = {
  nodes: [
    { type: "person", name: " Ann ", content: "Likes tea" },
    { type: "person", name: "Bob" },
  ],
  edges: [{ source: "Ann", target: "bob", type: "sister of" }],
};

test("each of the memory's tools is known as one where calls are told apart", () => {
  const tools = [...graphTools(nowhere), recallTool(nowhere), ...factTools(nowhere)].map(({ name }) => name);
  expect(tools.length).toBeGreaterThan(7);
  expect(tools.filter((name) => !isGraphTool(name))).toEqual([]);
  expect(["shell", "task_add", "graph__search"].filter(isGraphTool)).toEqual([]);
});

eachEngine("the memory's tools", (engine) => {
  test("what is added is counted, checked and found, with labels", async () => {
    const store = await engine.store();
    const { agent } = await ensureUsers(store);
    expect(await call(store, agent, "graph_stats", {})).toEqual({ nodes: 0, edges: 0, nodeTypes: {}, edgeTypes: {} });
    await call(store, agent, "graph_add", family);
    expect(await call(store, agent, "graph_stats", {})).toEqual({
      nodes: 2,
      edges: 1,
      nodeTypes: { person: 2 },
      edgeTypes: { "sister of": 1 },
    });
    expect(await call(store, agent, "graph_check", {})).toMatchObject({ ok: false, emptyContent: { count: 1 } });
    expect(await call(store, agent, "graph_search", { query: "tea" })).toMatchObject({
      items: [
        {
          name: "Ann",
          why: ['"tea" in content'],
          neighbours: 1,
          links: [{ type: "sister of", direction: "out", node: { name: "Bob", type: "person" } }],
        },
      ],
      next: null,
      total: 1,
    });
  });

  test("what a run has noted is told as its note, and what a person has written down is not", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await addGraph(store, ann.id, [{ type: "person", name: "Eve", content: "Drinks tea" }]);
    await call(store, ann, "graph_add", {
      nodes: [{ type: "person", name: "Mallory", content: "Sells tea" }],
      edges: [],
    });
    const ofBoth = (await call(store, ann, "graph_search", { query: "tea" })) as {
      items: { name: string; from?: string }[];
    };
    expect(new Map(ofBoth.items.map(({ name, from }) => [name, from]))).toEqual(
      new Map([
        ["Eve", undefined],
        ["Mallory", NOTE],
      ]),
    );
    // Somebody's node that a run has added to is a note too, and so is one that is older than the history.
    await call(store, ann, "graph_add", {
      nodes: [{ type: "person", name: "Eve", content: "Sells coffee" }],
      edges: [],
    });
    const { nodes } = await addGraph(store, ann.id, [{ type: "person", name: "Old" }]);
    await store.db
      .deleteFrom("graph_changes")
      .where("thing_id", "=", nodes[0]?.id ?? "")
      .execute();
    const rows = await store.db.selectFrom("nodes").select("id").execute();
    expect(
      await notesAmong(
        store.db,
        rows.map(({ id }) => id),
      ),
    ).toEqual(new Set(rows.map(({ id }) => id)));
    expect(await notesAmong(store.db, [])).toEqual(new Set());
  });

  test("F16 F120: a chat remembers for whom it works, the agent's for the home's owner, and each change is told to them alone", async () => {
    const store = await engine.store();
    const changes: Change[] = [];
    store.hub.onChanged((change) => void changes.push(change));
    // A node that begins to hear others takes everything for changed, whatever anybody does.
    if (engine.kind === "postgres")
      await until("it to hear others", () => changes.some(({ topic }) => topic === "tasks"));
    const { owner, agent, ann, bob } = await people(store);
    changes.length = 0;
    await call(store, ann, "graph_add", family);
    await call(store, ann, "graph_add", family);
    await call(store, agent, "graph_add", { nodes: [{ type: "town", name: "Rome" }] });
    expect(changes.filter(({ topic }) => topic === "graph")).toEqual([
      { topic: "graph", users: [ann.id] },
      { topic: "graph", users: [owner.id] },
    ]);
    expect(await call(store, ann, "graph_stats", {})).toMatchObject({ nodes: 2, edges: 1 });
    expect(await call(store, owner, "graph_stats", {})).toMatchObject({ nodes: 1, edges: 0 });
    expect(await call(store, bob, "graph_stats", {})).toMatchObject({ nodes: 0, edges: 0 });
    expect(await call(store, bob, "graph_search", { query: "Ann" })).toMatchObject({ items: [], total: 0 });
  });

  test("F16: where others read the chat nothing private is told, guessed at by a name, or changed", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const secret = { type: "person", name: "Clara", content: "Ann's doctor" };
    const added = await call(store, ann, "graph_add", { nodes: [secret] });
    const [{ id }] = z.object({ nodes: z.tuple([z.object({ id: z.string() })]) }).parse(added).nodes;
    await addGraph(store, "agent", [{ type: "town", name: "Rome", content: "The capital" }]);
    const { chat } = await createChat(store, ann, {});
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: bob.id, can_write: 1 }).execute();
    const here = async (name: string, args: Json) => call(store, ann, name, args, chat.id);

    const leftOut = expect.stringContaining("Others can read this chat too");
    expect(await here("graph_stats", {})).toMatchObject({ nodes: 1, nodeTypes: { town: 1 }, leftOut });
    expect(await here("graph_search", { query: "Clara doctor" })).toMatchObject({ items: [], total: 0, leftOut });
    expect(await here("graph_check", {})).toMatchObject({ nodes: 1, leftOut });
    for (const ref of ["Clara", id]) {
      const edges = [{ source: "Rome", type: "home of", target: ref }];
      await expect(here("graph_add", { edges })).rejects.toThrow("does not exist");
    }
    // What is learned here is known here, and to Ann everywhere; that there is another one of the name is not told.
    const guessed = {
      nodes: [{ type: "person", name: "Clara" }],
      edges: [{ source: "Clara", type: "in", target: "Rome" }],
    };
    expect(await here("graph_add", guessed)).toMatchObject({ nodes: [{ change: "created" }] });
    expect(await here("graph_search", { query: "Clara" })).toMatchObject({ items: [{ content: "", neighbours: 1 }] });
    expect(await here("graph_add", guessed)).toMatchObject({ nodes: [{ change: "unchanged" }] });
    expect(await call(store, ann, "graph_stats", {})).toMatchObject({ nodes: 3, edges: 1, nodeTypes: { person: 2 } });
    expect(await call(store, bob, "graph_stats", {})).toMatchObject({ nodes: 1, edges: 0 });
    const kept = await store.db.selectFrom("nodes").select("content").where("id", "=", id).execute();
    expect(kept).toEqual([{ content: "Ann's doctor" }]);
  });

  test("what all share already is not learned a second time, and is changed for nobody else", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    await addGraph(store, "agent", [{ type: "town", name: "Rome", content: "The capital" }]);
    const add = async (content: string) =>
      call(store, ann, "graph_add", { nodes: [{ type: "town", name: "Rome", content }] });
    expect(await add("The capital")).toMatchObject({ nodes: [{ change: "unchanged" }] });
    expect(await call(store, ann, "graph_stats", {})).toMatchObject({ nodes: 1 });
    expect(await add("Where Ann moves to")).toMatchObject({ nodes: [{ change: "created" }] });
    expect(await call(store, bob, "graph_search", { query: "Rome" })).toMatchObject({
      items: [{ content: "The capital" }],
      total: 1,
    });
    await expect(
      call(store, bob, "graph_add", {
        nodes: [{ type: "town", name: "Rome" }],
        edges: [{ source: "Rome", type: "is", target: await idOf(store, "The capital") }],
      }),
    ).rejects.toThrow("with itself");
  });

  test("a call that fails adds nothing", async () => {
    const store = await engine.store();
    const { agent } = await people(store);
    const edges = [{ source: "Ann", target: "Nobody", type: "knows" }];
    await expect(call(store, agent, "graph_add", { ...family, edges })).rejects.toThrow(
      '"Nobody", which does not exist',
    );
    expect(await call(store, agent, "graph_stats", {})).toMatchObject({ nodes: 0 });
  });
});

test.each([
  { when: "there is nothing to add", args: {}, error: "at least one node or edge" },
  { when: "a name is blank", args: { nodes: [{ type: "person", name: " " }] }, error: "name" },
  { when: "a type is missing", args: { nodes: [{ name: "Ann" }] }, error: "type" },
  { when: "a text holds a zero character", args: { nodes: [{ type: "a", name: "a\0" }] }, error: "zero character" },
  {
    when: "data is too big",
    args: { nodes: [{ type: "a", name: "b", data: { x: "y".repeat(20_000) } }] },
    error: "16 KB",
  },
  { when: "an end is missing", args: { edges: [{ source: "a", type: "b" }] }, error: "target" },
  { when: "an argument is unknown", args: { nodes: [], relations: [] }, error: "relations" },
])("graph_add is refused with a reason when $when", ({ args, error }) => {
  const prepared = prepareCall(createRegistry(graphTools(nowhere)), "graph_add", args);
  expect(prepared).toMatchObject({ ok: false, error: expect.stringContaining(error) });
});

test("every tool describes its arguments as an object, and says what it is for", () => {
  for (const { description, parameters } of createRegistry(graphTools(nowhere)).specs()) {
    expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
    expect(description.length).toBeGreaterThan(60);
  }
});

test("a call's summary is its main argument", () => {
  const registry = createRegistry(graphTools(nowhere));
  expect(prepareCall(registry, "graph_add", family)).toMatchObject({ summary: "Ann, Bob, Ann → bob" });
  expect(prepareCall(registry, "graph_search", { query: "tea" })).toMatchObject({ summary: '"tea"' });
});
