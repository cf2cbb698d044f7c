import { sql } from "kysely";
import { expect, test } from "vitest";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite, type Engine } from "../../../test/kit/databases.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { createChat } from "../../store/chats/chats.ts";
import { readEvents } from "../../store/log/events.ts";
import { postMessage } from "../../store/chats/messages.ts";
import type { Store } from "../../store/database/store.ts";

/** Generous: it only ends a hang. */
const PATIENCE_MS = 60_000;

async function signIn({ server, people }: ChatServer): Promise<string> {
  const { url } = await server.createLoginLink(people.ann);
  const response = await spendLink(server, url);
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function disable(app: ChatServer): Promise<void> {
  const answer = await app.as(app.people.owner, "PATCH", "/api/users/ann", { disabled: true });
  expect([answer.status, answer.body.disabled]).toEqual([200, true]);
}

/** How ann comes in, and how that ends. */
const WAYS = [
  {
    way: "a session that is signed out",
    in: async (app: ChatServer) => ({ cookie: await signIn(app) }),
    end: async (app: ChatServer, _: Store, headers: Record<string, string>) => {
      const request = new Request("http://127.0.0.1:8000/api/sign-out", { method: "POST", headers });
      expect((await app.server.fetch(request)).status).toBe(204);
    },
    code: 4401,
  },
  {
    way: "a session that expires",
    in: async (app: ChatServer) => ({ cookie: await signIn(app) }),
    end: (_app: ChatServer, { db }: Store) =>
      sql`UPDATE "session" SET expires_at = '2001-01-01T00:00:00.000Z'`.execute(db),
    code: 4401,
  },
  {
    way: "a token that is revoked",
    in: async (app: ChatServer) => ({ authorization: `Bearer ${await app.token(app.people.ann)}` }),
    end: (_app: ChatServer, { db }: Store) => db.deleteFrom("tokens").execute(),
    code: 4401,
  },
  {
    way: "a session whose user is disabled",
    in: async (app: ChatServer) => ({ cookie: await signIn(app) }),
    end: disable,
    code: 4401,
  },
  {
    way: "a token whose user is disabled",
    in: async (app: ChatServer) => ({ authorization: `Bearer ${await app.token(app.people.ann)}` }),
    end: disable,
    code: 4401,
  },
  {
    way: "a token whose user becomes a viewer",
    in: async (app: ChatServer) => ({ authorization: `Bearer ${await app.token(app.people.ann)}` }),
    end: async (app: ChatServer) => {
      const answer = await app.as(app.people.owner, "PATCH", "/api/users/ann", { role: "viewer" });
      expect(answer.status).toBe(200);
    },
    code: 1012,
  },
  {
    way: "a token whose user gets another role",
    in: async (app: ChatServer) => ({ authorization: `Bearer ${await app.token(app.people.ann)}` }),
    end: (_app: ChatServer, { db }: Store) =>
      db.updateTable("user").set({ role: "agent" }).where("id", "=", "ann").execute(),
    code: 1012,
  },
] as const;

/** The node that ann is at, and the one where her sign-in ends: two on PostgreSQL, on SQLite there is but one. */
async function nodes(engine: Engine) {
  const place = await engine.place();
  const store = await engine.open(place);
  const here = await chatServer(store);
  const other = engine.kind === "sqlite" ? store : await engine.open(place);
  const there = engine.kind === "sqlite" ? here : await chatServer(other);
  const { chat } = await createChat(store, here.people.ann, {});
  return { here, there, store, other, chat: chat.id, url: await here.listen() };
}

test("F96: signing out closes the session's sockets on this node at once: no clock has to go on", async () => {
  const app = await chatServer(await sqlite.store({ clock: testClock(Date.now()) }));
  const url = await app.listen();
  const headers = { cookie: await signIn(app) };
  const client = await socketClient(url, { headers }, PATIENCE_MS);
  client.send({ type: "hello", v: 1 });
  await client.first("welcome");
  expect((await fetch(`${url}/api/sign-out`, { method: "POST", headers })).status).toBe(204);
  expect(await client.closed).toBe(4401);
});

test("F96: whoever is disabled is out on this node at once, by session and token: no clock has to go on", async () => {
  const app = await chatServer(await sqlite.store({ clock: testClock(Date.now()) }));
  const url = await app.listen();
  const ways = [{ cookie: await signIn(app) }, { authorization: `Bearer ${await app.token(app.people.ann)}` }];
  const clients = await Promise.all(ways.map(async (headers) => socketClient(url, { headers }, PATIENCE_MS)));
  for (const client of clients) {
    client.send({ type: "hello", v: 1 });
    await client.first("welcome");
  }
  await disable(app);
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([4401, 4401]);
});

eachEngine("F96: identity ends everywhere", (engine) => {
  test.each(WAYS)("$way closes its socket, ends its streams and long polls, and nothing is told after", async (way) => {
    const { here, there, store, other, chat, url } = await nodes(engine);
    const headers: Record<string, string> = await way.in(here);
    const client = await socketClient(url, { headers }, PATIENCE_MS);
    client.send({ type: "hello", v: 1 });
    await client.first("welcome");
    client.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
    await client.first("live");
    const events = await fetch(`${url}/api/chats/${chat}/stream?offset=-1&live=sse`, { headers });
    const head = events.headers.get("stream-next-offset");
    expect(events.status).toBe(200);
    const text = events.text();
    const offset = (await fetch(`${url}/api/chats/${chat}/stream?offset=-1`, { headers })).headers.get(
      "stream-next-offset",
    );
    const poll = fetch(`${url}/api/chats/${chat}/stream?offset=${offset}&live=long-poll`, { headers });
    expect(head).toBeNull();
    await way.end(there, other, headers);
    expect(await client.closed).toBe(way.code);
    await postMessage(store, here.people.ann, chat, { text: "a secret" });
    expect(await text).not.toContain("a secret");
    // One that comes in only after a role has changed is one of the new role.
    expect([204, 401, ...(way.code === 1012 ? [200] : [])]).toContain((await poll).status);
    expect(JSON.stringify(client.frames)).not.toContain("a secret");
    const again = await fetch(`${url}/api/chats`, { headers });
    expect(again.status).toBe(way.code === 4401 ? 401 : 200);
  });

  test("a command that was let in before checks the sign-in again, inside its transaction", async () => {
    const { here, store, chat, url } = await nodes(engine);
    const token = await here.token(here.people.ann);
    // It ends after it was asked for, and before the change is made.
    const transact = store.transact.bind(store);
    const late: Store = {
      ...store,
      transact: async (body, wait) => {
        await store.db.deleteFrom("tokens").execute();
        return transact(body, wait);
      },
    };
    const slow = await chatServer(late);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ text: "too late" });
    const request = new Request(`http://127.0.0.1:8000/api/chats/${chat}/messages`, { method: "POST", headers, body });
    const answer = await slow.server.fetch(request);
    expect([answer.status, (await answer.json()).error.code]).toEqual([401, "unauthenticated"]);
    expect(JSON.stringify(await readEvents(store.db, chat))).not.toContain("too late");
    // The same over a socket: a message, and a stop.
    const again = await here.token(here.people.ann);
    const there = await socketClient(await slow.listen(), {}, PATIENCE_MS);
    there.send({ type: "hello", v: 1, token: again });
    await there.first("welcome");
    there.send({ type: "message", ref: "m", chatId: chat, text: "too late", key: "k" });
    expect(await there.first("error", ({ ref }) => ref === "m")).toMatchObject({ code: "unauthenticated" });
    expect(JSON.stringify(await readEvents(store.db, chat))).not.toContain("too late");
    expect(url).toContain("http");
  });

  test("of one user ends no other sign-in of theirs", async () => {
    const { here, store, url } = await nodes(engine);
    const [first, second] = [await here.token(here.people.ann), await here.token(here.people.ann)];
    const open = async (token: string) => {
      const client = await socketClient(url, {}, PATIENCE_MS);
      client.send({ type: "hello", v: 1, token });
      await client.first("welcome");
      return client;
    };
    const [gone, stays] = [await open(first), await open(second)];
    const { id } = await store.db
      .selectFrom("tokens")
      .select("id")
      .orderBy("created_at")
      .orderBy("id")
      .executeTakeFirstOrThrow();
    const rows = await store.db.selectFrom("tokens").select("id").execute();
    expect(rows).toHaveLength(2);
    await store.db.deleteFrom("tokens").where("id", "=", id).execute();
    const closed = await Promise.race([gone.closed.then(() => gone), stays.closed.then(() => stays)]);
    const other = closed === gone ? stays : gone;
    other.send({ type: "message", ref: "x", chatId: "nowhere", text: "?", key: "k" });
    expect(await other.first("error", ({ ref }) => ref === "x")).toMatchObject({ code: "not_found" });
  });
});
