import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";

eachEngine("the routes of the graph", (engine) => {
  test("F49 a node comes with its edges both ways, each with the other end's name", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const town = { type: "town", name: "Rome" };
    const eve = { ...person("Eve"), data: { age: 30 } };
    const added = await addGraph(
      store,
      "agent",
      [eve, person("Dan"), town],
      [
        { source: { ref: "Eve" }, type: "lives in", target: { ref: "Rome" }, data: { since: 2001 } },
        "Dan knows Eve",
        "Eve knows Dan",
      ],
    );
    const [{ id } = { id: "" }] = added.nodes;
    const { status, body } = await as(people.ann, "GET", `/api/graph/nodes/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      type: "person",
      name: "Eve",
      content: "About Eve",
      data: { age: 30 },
      shared: true,
    });
    expect(body.edges).toMatchObject({
      items: [
        { type: "knows", direction: "out", node: { type: "person", name: "Dan" }, data: {} },
        { type: "lives in", direction: "out", node: { type: "town", name: "Rome" }, data: { since: 2001 } },
        { type: "knows", direction: "in", node: { type: "person", name: "Dan" } },
      ],
      next: null,
      total: 3,
    });
  });

  test("F54 the edges of a node are read page by page, every one once", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const names = Array.from({ length: 25 }, (_, at) => `n${at}`);
    const edges = names.flatMap((name) => [`Hub knows ${name}`, `${name} likes Hub`]);
    const { nodes } = await addGraph(
      store,
      "agent",
      ["Hub", ...names].map((name) => person(name)),
      edges,
    );
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const { body } = await as(people.ann, "GET", `/api/graph/nodes/${nodes[0]?.id}/edges?limit=7${cursor}`);
      expect(body.total).toBe(50);
      seen.push(
        ...body.items.map((edge: { direction: string; node: { name: string } }) => edge.direction + edge.node.name),
      );
      next = body.next;
    }
    expect(seen).toHaveLength(50);
    expect(new Set(seen).size).toBe(50);
    expect(seen.slice(0, 25).every((edge) => edge.startsWith("out"))).toBe(true);
  });

  test("F54 F55 a search is read page by page, by name, by the start of an id, and takes every character as it is", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const names = ["a_b", "axb", "100%", "1000", "A_B", "tea", "green tea"];
    const { nodes } = await addGraph(
      store,
      "agent",
      names.map((name) => person(name, "-")),
    );
    const find = async (query: string) => {
      const { body } = await as(people.ann, "GET", `/api/graph/search?${query}`);
      return body.items.map((node: { name: string }) => node.name).toSorted();
    };
    expect(await find("q=a_b")).toEqual(["A_B", "a_b"]);
    expect(await find("q=100%25")).toEqual(["100%"]);
    expect(await find("name=a_b")).toEqual(["A_B", "a_b"]);
    expect(await find("name=te_")).toEqual([]);
    expect(await find(`prefix=${nodes[5]?.id.slice(0, 8)}`)).toEqual(["tea"]);
    expect(await find("prefix=____")).toEqual([]);
    expect(await find("")).toHaveLength(7);
    const first = (await as(people.ann, "GET", "/api/graph/search?q=tea&limit=1")).body;
    const second = (await as(people.ann, "GET", `/api/graph/search?q=tea&limit=1&cursor=${first.next}`)).body;
    expect([first.total, first.items[0].name, second.items[0].name, second.next]).toEqual([
      2,
      "tea",
      "green tea",
      null,
    ]);
  });
});

test.each([
  { path: "search?limit=101", says: "limit: must be a whole number from 1 to 100" },
  { path: "search?cursor=nonsense", says: "the cursor is not one that a list gave" },
  { path: `search?q=${"x".repeat(501)}`, says: "q: must be at most 500 characters" },
  { path: "search?type=", says: "type: must not be empty" },
  { path: "search?q=%00", says: "U+0000" },
  { path: "changes?seq=3", says: "give run too" },
])("GET /api/graph/$path is refused with $says", async ({ path, says }) => {
  const { as, people } = await chatServer(await sqlite.store());
  const answer = await as(people.ann, "GET", `/api/graph/${path}`);
  expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(says)]);
});

test("a node that does not exist is not found, and neither are its edges", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  for (const path of ["nope", "nope/edges", "nope/edges?cursor=nonsense"]) {
    const answer = await as(people.ann, "GET", `/api/graph/nodes/${path}`);
    expect([answer.status, answer.body.error.message]).toEqual([404, 'node "nope" was not found']);
  }
});
