import { expect, test } from "vitest";
import { eachEngine } from "../../test/kit/databases.ts";
import { until } from "../../test/kit/worker.ts";
import { people } from "../../test/kit/members.ts";
import { toolContext } from "../../test/kit/tool-context.ts";
import type { Json } from "../core/events.ts";
import type { Change } from "../core/hub.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import { createRegistry, prepareCall } from "../tools/registry.ts";
import { graphTools } from "./graph.ts";

/** Runs one call as a run of the user's chat does: in one transaction. */
async function call(store: Store, user: User, name: string, args: Json): Promise<Json> {
  const prepared = prepareCall(createRegistry(graphTools), name, args);
  if (!prepared.ok) throw new Error(prepared.error);
  if (prepared.kind !== "transactional") throw new Error(`${name} is not transactional`);
  const principal = { userId: user.id, name: user.name, isAgent: user.role === "agent" };
  const context = { ...toolContext({ principal }), emit: () => {} };
  return (await store.transact((tx) => prepared.execute(context, tx))) as Json;
}

const family = {
  nodes: [
    { type: "person", name: " Ann ", content: "Likes tea" },
    { type: "person", name: "Bob" },
  ],
  edges: [{ source: "Ann", target: "bob", type: "sister of" }],
};

eachEngine("the memory's tools", (engine) => {
  test("what is added is counted, checked and found, with labels", async () => {
    const store = await engine.store();
    const { agent } = await people(store);
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

  test("F16 F120: a person's chat remembers for that person, the agent's for all, and each change is told to them alone", async () => {
    const store = await engine.store();
    const changes: Change[] = [];
    store.hub.onChanged((change) => void changes.push(change));
    // A node that begins to hear others takes everything for changed, whatever anybody does.
    if (engine.kind === "postgres")
      await until("it to hear others", () => changes.some(({ topic }) => topic === "tasks"));
    const { agent, ann, bob } = await people(store);
    changes.length = 0;
    await call(store, ann, "graph_add", family);
    await call(store, ann, "graph_add", family);
    await call(store, agent, "graph_add", { nodes: [{ type: "town", name: "Rome" }] });
    expect(changes).toEqual([
      { topic: "graph", users: [ann.id] },
      { topic: "graph", users: "all" },
    ]);
    expect(await call(store, ann, "graph_stats", {})).toMatchObject({ nodes: 3, edges: 1 });
    expect(await call(store, bob, "graph_stats", {})).toMatchObject({ nodes: 1, edges: 0 });
    expect(await call(store, bob, "graph_search", { query: "Ann" })).toMatchObject({ items: [], total: 0 });
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
  const prepared = prepareCall(createRegistry(graphTools), "graph_add", args);
  expect(prepared).toMatchObject({ ok: false, error: expect.stringContaining(error) });
});

test("every tool describes its arguments as an object, and says what it is for", () => {
  for (const { description, parameters } of createRegistry(graphTools).specs()) {
    expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
    expect(description.length).toBeGreaterThan(60);
  }
});

test("a call's summary is its main argument", () => {
  const registry = createRegistry(graphTools);
  expect(prepareCall(registry, "graph_add", family)).toMatchObject({ summary: "Ann, Bob, Ann → bob" });
  expect(prepareCall(registry, "graph_search", { query: "tea" })).toMatchObject({ summary: '"tea"' });
});
