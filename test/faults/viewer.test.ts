import { sql } from "kysely";
import { expect, test } from "vitest";
import { createChat } from "../../src/store/chats/chats.ts";
import { clientFrameSchema } from "../../src/wire/frames.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine } from "../kit/databases.ts";
import { socketClient } from "../kit/socket-client.ts";
import type { OpenApi } from "../docs/http-page.ts";

/** What a viewer may change: their own sign-ins, and nothing else. A route that is new here is a decision. */
const OWN = [
  "POST /api/users/{name}/password",
  "DELETE /api/sessions/{id}",
  "DELETE /api/tokens/{id}",
  "POST /api/sign-out",
];

eachEngine("who may only look", (engine) => {
  test("F16 is refused by every route that changes something, whatever it is about, and nothing changes", async () => {
    const store = await engine.store();
    const { server, as, people } = await chatServer(store);
    const { body: viewer } = await as(people.owner, "POST", "/api/users", { name: "cleo", role: "viewer" });
    const { chat } = await createChat(store, people.ann, { title: "shown" });
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: viewer.id, can_write: 1 }).execute();
    const response = await server.fetch(new Request("http://127.0.0.1:8000/openapi.json"));
    const { paths } = (await response.json()) as OpenApi;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const tables = ["events", "chats", "user", "preferences", "seen", "tasks", "schedules", "meta"] as const;
    const all = async () =>
      Promise.all(tables.map(async (table) => (await sql`SELECT * FROM ${sql.table(table)}`.execute(store.db)).rows));
    const before = await all();
    const allowed: string[] = [];
    let walked = 0;
    for (const { method, path } of routes.filter(({ method }) => method !== "GET")) {
      walked++;
      // One of their own to write in, by its share, and one that is not there: the answer is the same.
      const answers = await Promise.all(
        [chat.id, "nope"].map((id) => as(viewer, method, path.replace(/\{\w+\}/g, id), {})),
      );
      const [some, none] = answers;
      if (some?.status !== 403) allowed.push(`${method} ${path}`);
      else expect([path, some.body]).toEqual([path, none?.body]);
    }
    expect(walked).toBeGreaterThan(40);
    expect(allowed.toSorted()).toEqual(OWN.toSorted());
    expect((await as(viewer, "GET", `/api/chats/${chat.id}`)).status).toBe(200);
    expect(await all()).toEqual(before);
  });

  test("F16 is refused by every frame that changes something, and watches on", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { body: viewer } = await app.as(app.people.owner, "POST", "/api/users", { name: "cleo", role: "viewer" });
    const { chat } = await createChat(store, app.people.ann, {});
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: viewer.id, can_write: 1 }).execute();
    const client = await socketClient(await app.listen());
    client.send({ type: "hello", v: 1, token: await app.token(viewer) });
    await client.first("welcome");
    // Those that are answered by `ack` are those that change something.
    const commands = clientFrameSchema.options
      .filter(({ shape }) => "ref" in shape)
      .map(({ shape }) => shape.type.value);
    const fields = { chatId: chat.id, text: "hello", key: "k", approvalId: "a", decision: "approve" };
    for (const type of commands) {
      client.send({ type, ref: type, ...fields });
      expect(await client.first("error", ({ ref }) => ref === type)).toMatchObject({ code: "forbidden" });
    }
    expect(commands.length).toBeGreaterThan(2);
    client.send({ type: "subscribe", sub: "s", chatId: chat.id, after: 0 });
    expect(await client.first("live")).toMatchObject({ seq: 1 });
  });
});
