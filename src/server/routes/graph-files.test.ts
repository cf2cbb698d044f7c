import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";

const file = JSON.stringify({ nodes: [{ id: "a", type: "person", name: "Eve", shared: true }], edges: [] });

/** A member's own server to ask, with a body as it comes over a connection. */
async function scene() {
  const store = await sqlite.store();
  const { server, people, as } = await chatServer(store);
  const post = async (who: "owner" | "ann", body: BodyInit | null, query = "") => {
    const init = { method: "POST", body, duplex: "half" };
    const request = new Request(`http://127.0.0.1:8000/api/graph/import${query}`, init);
    const response = await server.fetch(request, { viewer: people[who] });
    return { status: response.status, body: (await response.json()) as { error?: { code: string; message: string } } };
  };
  return { store, server, people, as, post };
}

test("a file is taken in as it is, and what the caller said of it counts", async () => {
  const { post, as, people } = await scene();
  expect(await post("ann", file, "?dryRun=true")).toMatchObject({
    status: 200,
    body: { format: "json", dryRun: true, nodes: { created: 1 } },
  });
  expect((await as(people.ann, "GET", "/api/graph/stats")).body.nodes).toBe(0);
  expect(await post("ann", file, "?dryRun=false&shared=false")).toMatchObject({
    status: 200,
    body: { shared: false, nodes: { created: 1 } },
  });
  expect((await as(people.bob, "GET", "/api/graph/stats")).body.nodes).toBe(0);
  expect(await post("owner", file, "?shared=true")).toMatchObject({
    status: 200,
    body: { shared: true, nodes: { created: 1 } },
  });
  expect((await as(people.bob, "GET", "/api/graph/stats")).body.nodes).toBe(1);
});

test.each([
  {
    who: "ann",
    query: "?shared=true",
    body: file,
    status: 403,
    says: "only the owner of this instance may import for everybody",
  },
  { who: "ann", query: "?format=csv", body: file, status: 400, says: "format: must be one of jsonl, json, graphml" },
  { who: "ann", query: "?format=jsonl", body: file, status: 400, says: "line 1: the first line must be" },
  { who: "ann", query: "", body: "", status: 400, says: "line 1: this is none of jsonl, json and graphml" },
  { who: "ann", query: "", body: file.slice(0, -3), status: 400, says: "line 1: the file is not whole" },
] as const)("importing $query $body is refused with $status", async ({ who, query, body, status, says }) => {
  const { post, as, people } = await scene();
  const answer = await post(who, body, query);
  expect([answer.status, answer.body.error?.message]).toEqual([status, expect.stringContaining(says)]);
  expect((await as(people.ann, "GET", "/api/graph/stats")).body.nodes).toBe(0);
});

test("a connection that breaks off changes nothing, and while a file comes in its sender's next one is refused", async () => {
  const { post, as, people } = await scene();
  const gate = Promise.withResolvers<void>();
  const half = new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(new TextEncoder().encode(file.slice(0, 20)));
      await gate.promise;
      controller.error(new Error("connection reset"));
    },
  });
  const first = post("ann", half);
  const second = await post("ann", file);
  expect([second.status, second.body.error?.message]).toEqual([409, "another file of yours is being imported"]);
  expect((await post("owner", file)).status).toBe(200);
  gate.resolve();
  expect((await first).body.error?.message).toBe("the file did not come in whole, so nothing was imported");
  expect((await as(people.ann, "GET", "/api/graph/stats")).body.nodes).toBe(0);
  expect((await post("ann", file)).status).toBe(200);
});

test("a file of several pages goes out and in", async () => {
  const { store, server, people, as } = await scene();
  const names = Array.from({ length: 1500 }, (_, at) => `n${at}`);
  for (let at = 0; at < names.length; at += 100) {
    await addGraph(
      store,
      people.ann.id,
      names.slice(at, at + 100).map((name) => person(name, "x".repeat(200))),
    );
  }
  const response = await server.fetch(new Request("http://127.0.0.1:8000/api/graph/export?format=jsonl"), {
    viewer: people.ann,
  });
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="graph.jsonl"');
  const text = await response.text();
  const answer = await server.fetch(
    new Request("http://127.0.0.1:8000/api/graph/import", { method: "POST", body: text }),
    {
      viewer: people.bob,
    },
  );
  expect(await answer.json()).toMatchObject({ format: "jsonl", nodes: { created: 1500 } });
  expect((await as(people.bob, "GET", "/api/graph/stats")).body.nodes).toBe(1500);
  const zip = await server.fetch(new Request("http://127.0.0.1:8000/api/graph/export?format=md"), {
    viewer: people.bob,
  });
  expect([zip.headers.get("content-type"), zip.headers.get("content-disposition")]).toEqual([
    "application/zip",
    'attachment; filename="graph.zip"',
  ]);
  expect((await zip.bytes()).subarray(0, 4)).toEqual(new Uint8Array([0x50, 0x4b, 3, 4]));
});

test("`deep` brings the communities, and the plain counts do not", async () => {
  const { store, people, as } = await scene();
  await addGraph(store, people.ann.id, [person("Eve"), person("Dan")], ["Eve knows Dan"]);
  const { status, body } = await as(people.ann, "GET", "/api/graph/stats?deep=1");
  expect([status, body.deep.communities.count, body.deep.central.length]).toEqual([200, 1, 2]);
  expect((await as(people.ann, "GET", "/api/graph/stats")).body).not.toHaveProperty("deep");
  expect((await as(people.bob, "GET", "/api/graph/stats?deep=1")).body.deep.communities.count).toBe(0);
});
