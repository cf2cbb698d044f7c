import { join } from "node:path";
import { expect, test } from "vitest";
import type { OpenApi } from "../docs/http-page.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine } from "../kit/databases.ts";
import { tempHome } from "../kit/temp-home.ts";
import { annsThings, MARK } from "./anns-things.ts";

eachEngine("another user's things", (engine) => {
  test("F16 are told by no list, search, count or export, and nothing of them changes", async () => {
    const home = await tempHome();
    const store = await engine.store({ home });
    const skillRoots = { home, personal: home, shipped: null, workspaces: join(home, "workspace") };
    const chat = await chatServer(store, { skillRoots });
    const { server, as, people } = chat;
    const { ann, bob } = people;
    const { chatId, seq, factId, nodes, named } = await annsThings(store, home, chat);
    const response = await server.fetch(new Request("http://127.0.0.1:8000/openapi.json"));
    const { paths } = (await response.json()) as OpenApi;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const logged = async () => store.db.selectFrom("events").selectAll().orderBy("chat_id").orderBy("seq").execute();
    const before = await logged();

    const secrets = [
      MARK,
      ...Object.values(named).filter((each) => !["ann", "openai"].includes(each) && !/^\d+$/.test(each)),
    ];
    const told = (text: string): readonly string[] => secrets.filter((secret) => text.includes(secret));
    const lists = routes.filter(({ method, path }) => method === "GET" && !path.includes("{") && path !== "/health");
    const narrowed = [
      "/api/graph/search?q=",
      "/api/search?q=",
      "/api/references?q=",
      "/api/recall?q=",
      "/api/tasks?search=",
      "/api/graph/search?name=",
    ];
    const prefixed = ["/api/chats", "/api/tasks", "/api/approvals", "/api/grants", "/api/graph/search"].map(
      (path) => `${path}?prefix=${named[`${path.replace("search", "nodes")}/`]?.slice(0, 4) ?? ""}`,
    );
    const exports = ["json", "jsonl", "dot", "graphml", "cypher", "csv", "md"].map(
      (format) => `/api/graph/export?format=${format}`,
    );
    const known = new Set(routes.map(({ path }) => path));
    const asks = [
      ...lists.map(({ path }) => path),
      ...narrowed.map((path) => path + MARK),
      ...prefixed,
      ...exports,
      // What a `recall` event of a chat that both read may name.
      `/api/recall/items?ids=${chatId}.${seq},${nodes[0]},${factId}`,
      `/api/facts?status=all&about=${nodes[0]}`,
      `/api/tasks?chatId=${chatId}`,
    ].filter((path) => known.has(path.split("?")[0] ?? ""));
    expect(asks.length).toBeGreaterThan(15);
    let shown = 0;
    for (const path of asks) {
      const get = async (viewer: typeof ann): Promise<string> =>
        (await server.fetch(new Request(`http://127.0.0.1:8000${path}`), { viewer })).text();
      const theirs = await get(bob);
      // The query itself may be told back.
      expect([path, told(theirs.replaceAll(`"query":"${MARK}"`, ""))]).toEqual([path, []]);
      shown += told(await get(ann)).length > 0 ? 1 : 0;
    }
    // Ann is shown hers by the same requests.
    expect(shown).toBeGreaterThan(10);
    expect((await as(bob, "GET", "/api/status")).body).toMatchObject({ tasks: { total: 0 }, running: [], next: [] });
    const counts = (await as(bob, "GET", "/api/graph/stats")).body;
    expect(counts).toMatchObject({ nodes: 0, edges: 0 });
    // What it says of others is the same, whatever they have.
    await store.db.deleteFrom("facts").execute();
    await store.db.deleteFrom("nodes").where("owner_id", "=", ann.id).execute();
    expect((await as(bob, "GET", "/api/graph/stats")).body).toEqual(counts);
    expect(await logged()).toEqual(before);
  });
});
