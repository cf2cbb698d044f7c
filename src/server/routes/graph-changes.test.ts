import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { until } from "../../../test/kit/worker.ts";
import { graphTools } from "../../builtin-tools/graph.ts";
import { createChat } from "../../store/chats/chats.ts";
import { postMessage } from "../../store/chats/messages.ts";
import { graphStats } from "../../store/graph/stats.ts";
import { readEvents } from "../../store/log/events.ts";
import { searchNodes } from "../../store/recall/graph.ts";
import type { GraphChange } from "../../wire/graph-changes.ts";

type Ask = ChatServer["as"];

async function changes(as: Ask, who: Parameters<Ask>[0], query = ""): Promise<readonly GraphChange[]> {
  return (await as(who, "GET", `/api/graph/changes${query}`)).body.items;
}

const undo = (as: Ask, who: Parameters<Ask>[0], id: number | undefined) =>
  as(who, "POST", `/api/graph/changes/${id}/undo`);

eachEngine("what became of the graph", (engine) => {
  test("says what a run changed, by which of its events, and how it was before", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    await addGraph(store, people.ann.id, [{ ...person("Eve", "Likes tea"), data: { age: 30 } }]);
    const nodes = [
      { type: "person", name: "Eve", content: "Likes coffee" },
      { type: "person", name: "Dan", content: "Tall" },
    ];
    const model = scriptedModel([
      [call("graph_add", { nodes, edges: [{ source: "Eve", target: "Dan", type: "knows" }] })],
      [say("Noted.")],
    ]);
    await startAgent(store, { model, tools: graphTools(store) });
    const { chat } = await createChat(store, people.ann, {});
    const { runId } = await postMessage(store, people.ann, chat.id, { text: "Eve likes coffee and knows Dan" });
    const uses = () => readEvents(store.db, chat.id, { types: ["tool_use", "tool_result"] });
    await until("the call to have its result", async () => (await uses()).length === 2);

    const [use] = await uses();
    const by = { user: "ann", runId, chatId: chat.id, seq: use?.seq };
    const found = await changes(as, people.ann, `?run=${runId}`);
    expect(found).toMatchObject([
      { thing: "edge", name: "Eve knows Dan", op: "added", after: { type: "knows" }, by },
      {
        thing: "node",
        name: "Eve",
        op: "changed",
        before: { content: "Likes tea" },
        after: { content: "Likes coffee" },
      },
      { thing: "node", name: "Dan", op: "added", after: { type: "person", content: "Tall", data: {} }, by },
    ]);
    const seq = use?.seq ?? 0;
    expect(await changes(as, people.ann, `?run=${runId}&seq=${seq}`)).toEqual(found);
    expect(await changes(as, people.ann, `?run=${runId}&seq=${seq + 1}`)).toEqual([]);
    expect(Object.keys(found[1]?.after ?? {})).toEqual(["content"]);
    expect(Object.hasOwn(found[0] ?? {}, "before")).toBe(false);
    const [{ after = {}, names = {} } = {}] = found;
    expect([after["source"], after["target"]].map((id) => names[String(id)])).toEqual(["Eve", "Dan"]);

    const eve = found[1]?.thingId ?? "";
    expect((await changes(as, people.ann, `?thing=${eve}`)).map(({ name, op }) => [name, op])).toEqual([
      ["Eve knows Dan", "added"],
      ["Eve", "changed"],
      ["Eve", "added"],
    ]);
    // The edge stands in the history of its other end too.
    expect(await changes(as, people.ann, `?thing=${found[2]?.thingId}`)).toHaveLength(2);
    await store.db.updateTable("chats").set({ deleted_at: 1 }).where("id", "=", chat.id).execute();
    expect((await changes(as, people.ann, `?run=${runId}`))[0]?.by).toEqual({ user: "ann" });
  });

  test("what changed nothing is no change, and all of them are read page by page", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    for (let n = 0; n < 3; n++) await addGraph(store, "agent", [person("Eve"), person("Dan")], ["Eve knows Dan"]);
    for (let n = 0; n < 9; n++) await addGraph(store, "agent", [person("Eve", `Version ${n}`)]);
    const seen: string[] = [];
    for (let cursor = ""; ;) {
      const { body } = await as(people.owner, "GET", `/api/graph/changes?limit=5${cursor}`);
      expect(body.total).toBe(12);
      seen.push(...body.items.map((change: GraphChange) => `${change.op} ${change.name}`));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual([
      ...Array.from({ length: 9 }, () => "changed Eve"),
      "added Eve knows Dan",
      "added Eve",
      "added Dan",
    ]);
  });

  test("a change is undone, and that is undone too", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const { owner } = people;
    await addGraph(store, "agent", [{ ...person("Eve", "Likes tea"), data: { age: 30 } }]);
    await addGraph(store, "agent", [{ ...person("Eve", "Likes coffee"), data: { city: "Rome" } }]);
    const [changed] = await changes(as, owner);
    const content = async () => (await store.db.selectFrom("nodes").select(["content", "data"]).execute())[0];

    const undone = await undo(as, owner, changed?.id);
    expect(undone).toMatchObject({
      status: 200,
      body: {
        op: "restored",
        name: "Eve",
        before: { content: "Likes coffee" },
        after: { content: "Likes tea" },
        by: { user: "owner" },
      },
    });
    expect(await content()).toEqual({ content: "Likes tea", data: '{"age":30}' });
    expect(await changes(as, owner)).toMatchObject([
      { op: "restored" },
      { op: "changed", undone: true },
      { op: "added" },
    ]);
    expect(await undo(as, owner, changed?.id)).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });

    expect((await undo(as, owner, undone.body.id)).status).toBe(200);
    expect((await content())?.content).toBe("Likes coffee");
    const [, , again] = await changes(as, owner);
    expect(again).toMatchObject({ op: "changed" });
    expect(again?.undone).toBeUndefined();
    const found = await searchNodes(store, { viewer: owner, within: null }, { query: "coffee" });
    expect(found.items.map(({ name }) => name)).toEqual(["Eve"]);
  });

  test("what was added is taken back, and is in no search and no count any more", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const { owner } = people;
    await addGraph(store, "agent", [person("Dan"), person("Eve", "Likes tea")]);
    await searchNodes(store, { viewer: owner, within: null }, { query: "tea" });
    const [added] = await changes(as, owner);
    expect(await undo(as, owner, added?.id)).toMatchObject({ status: 200, body: { op: "removed" } });
    expect(await graphStats(store.db, owner.id)).toEqual({
      nodes: 1,
      edges: 0,
      nodeTypes: { person: 1 },
      edgeTypes: {},
    });
    expect((await searchNodes(store, { viewer: owner, within: null }, { query: "tea" })).items).toEqual([]);
    const extent = await store.db.selectFrom("recall_extent").select("items").executeTakeFirstOrThrow();
    expect(extent.items).toBe(1);
    const [removed] = await changes(as, owner);
    expect((await undo(as, owner, removed?.id)).status).toBe(200);
    const eve = await store.db.selectFrom("nodes").select("id").where("name", "=", "Eve").executeTakeFirst();
    expect(eve?.id).toBe(added?.thingId);
    expect((await searchNodes(store, { viewer: owner, within: null }, { query: "tea" })).items).toHaveLength(1);
  });

  test.each([
    { when: "it has changed again", more: [person("Eve", "Likes cocoa")], edges: [], says: '"Eve" has changed since' },
    { when: "an edge stands on it", more: [], edges: ["Eve knows Dan"], says: '"Eve" has an edge by now' },
  ])("a change is not undone when $when, which is told", async ({ more, edges, says }) => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    await addGraph(store, "agent", [person("Dan"), person("Eve")]);
    const [added] = await changes(as, people.owner);
    await addGraph(store, "agent", more, edges);
    const [newest] = await changes(as, people.owner);
    const answer = await undo(as, people.owner, added?.id);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "conflict", message: says } } });
    expect(await changes(as, people.owner)).toHaveLength(3);
    // As it says, undoing what came later comes first.
    expect((await undo(as, people.owner, newest?.id)).status).toBe(200);
    expect((await undo(as, people.owner, added?.id)).status).toBe(200);
  });

  test("two who undo a change at once do so once", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    await addGraph(store, "agent", [person("Eve")]);
    const [added] = await changes(as, people.owner);
    const answers = await Promise.all([1, 2, 3].map(() => undo(as, people.owner, added?.id)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(await changes(as, people.owner)).toHaveLength(2);
  });

  test("F16: a person's changes are that person's, and what all share is not undone by everybody", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    await addGraph(store, people.ann.id, [person("Secret")]);
    await addGraph(store, "agent", [person("Shared")]);
    const [shared, secret] = await changes(as, people.ann);
    expect([shared?.name, secret?.name]).toEqual(["Shared", "Secret"]);
    expect((await changes(as, people.bob)).map(({ name }) => name)).toEqual(["Shared"]);
    expect(await changes(as, people.bob, `?thing=${secret?.thingId}`)).toEqual([]);
    expect((await undo(as, people.bob, secret?.id)).status).toBe(404);
    expect((await undo(as, people.owner, secret?.id)).status).toBe(404);
    expect(await undo(as, people.bob, shared?.id)).toMatchObject({ status: 403 });
    expect((await undo(as, people.ann, secret?.id)).status).toBe(200);
  });
});
