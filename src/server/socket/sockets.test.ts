import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { testClock } from "../../../test/kit/clock.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite, type Engine } from "../../../test/kit/databases.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { tcpProxy } from "../../../test/kit/tcp-proxy.ts";
import { systemClock, type Clock } from "../../core/clock.ts";
import type { ServerDeps } from "../deps.ts";

/** A listening server with a chat of Ann's; `watch` is a signed-in client of hers. */
async function scene(engine: Engine = sqlite, options: Partial<ServerDeps> = {}, clock: Clock = systemClock) {
  const store = await engine.store({ clock });
  const app = await chatServer(store, options);
  const url = await app.listen();
  const { ann } = app.people;
  const annToken = await app.token(ann);
  const newChat = async (): Promise<string> => (await app.as(ann, "POST", "/api/chats", {})).body.id;
  const hello = async (at = url, as = annToken) => {
    const client = await socketClient(at);
    client.send({ type: "hello", v: 1, token: as });
    const { epoch } = await client.first("welcome");
    return { ...client, epoch };
  };
  /** Appends this many events to the chat's log. */
  const write = async (chatId: string, count = 1, text = "…") => {
    const event = {
      runId: null,
      taskId: null,
      step: null,
      actor: { kind: "system", id: "s", name: "Sparky" },
    } as const;
    await store.append({
      chatId,
      events: Array.from({ length: count }, () => ({ ...event, type: "thought", data: { text } }) as const),
    });
  };
  const log = (length: number) => Array.from({ length }, (_, index) => index + 1);
  return { ...app, store, url, annToken, newChat, hello, write, log, chat: await newChat() };
}

eachEngine("a watcher", (engine) => {
  test("F1 F2 F5 two tabs see the whole log, through a cut network and a new connection, each event once", async () => {
    const { url, chat, hello, write, log } = await scene(engine);
    await using proxy = await tcpProxy({ port: Number(new URL(url).port) });
    await write(chat, 250);
    const tab = await hello();
    const far = await hello(`http://127.0.0.1:${proxy.port}`);
    for (const client of [tab, far]) client.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
    for (const client of [tab, far]) await client.first("live", (frame) => frame.seq >= 250);
    await write(chat, 5);
    await expect.poll(() => far.seqs(chat).length).toBe(256);
    proxy.cut();
    await far.closed;
    await write(chat, 300);
    proxy.restore();
    const back = await hello(`http://127.0.0.1:${proxy.port}`);
    back.send({ type: "subscribe", sub: "a", chatId: chat, after: far.seqs(chat).at(-1) ?? 0, epoch: back.epoch });
    await back.first("live");
    await write(chat, 1);
    await expect.poll(() => [tab.seqs(chat).at(-1), back.seqs(chat).at(-1)]).toEqual([557, 557]);
    expect(tab.seqs(chat)).toEqual(log(557));
    expect([...far.seqs(chat), ...back.seqs(chat)]).toEqual(log(557));
  });

  test("F16 another user's chat is not found, and neither is a command for it", async () => {
    const { chat, hello, token, people, url } = await scene(engine);
    const bob = await hello(url, await token(people.bob));
    bob.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
    bob.send({ type: "message", ref: "m", chatId: chat, text: "hello", key: "k" });
    bob.send({ type: "stop", ref: "s", chatId: chat });
    for (const label of [{ sub: "a" }, { ref: "m" }, { ref: "s" }]) {
      expect(await bob.first("error", (frame) => frame.sub === label.sub && frame.ref === label.ref)).toMatchObject({
        code: "not_found",
      });
    }
  });
});

test("F9 F24 a new subscription to a chat ends the old one; both ways of order work", async () => {
  const { chat, hello, write } = await scene();
  const client = await hello();
  client.send({ type: "subscribe", sub: "old", chatId: chat, after: 0 });
  await client.first("live", (frame) => frame.sub === "old");
  client.send({ type: "subscribe", sub: "new", chatId: chat, after: 1, epoch: client.epoch });
  client.send({ type: "unsubscribe", sub: "never there" });
  await client.first("live", (frame) => frame.sub === "new");
  await write(chat);
  await client.first("events", (frame) => frame.sub === "new");
  expect(client.frames.filter((frame) => frame.type === "events" && frame.sub === "old")).toHaveLength(1);
  client.send({ type: "unsubscribe", sub: "new" });
  client.send({ type: "stop", ref: "fence", chatId: chat });
  expect(await client.first("ack")).toEqual({ type: "ack", ref: "fence" });
  await write(chat);
  expect(client.seqs(chat)).toEqual([1, 2]);
});

test("F20 a message is acknowledged with its place and its run, and sent twice it is one", async () => {
  const { chat, hello } = await scene();
  const client = await hello();
  client.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  client.send({ type: "message", ref: "1", chatId: chat, text: "Hello", key: "k" });
  client.send({ type: "message", ref: "2", chatId: chat, text: "Hello", key: "k" });
  const first = await client.first("ack", (frame) => frame.ref === "1");
  const second = await client.first("ack", (frame) => frame.ref === "2");
  expect(first.runId).toBeTypeOf("string");
  expect([second.seq, second.runId]).toEqual([first.seq, first.runId]);
  await client.first("events", (frame) => frame.events.some((event) => event.seq === first.seq));
});

test("deltas reach who asked for them, and a chat's deletion ends its watchers", async () => {
  const { chat, hello, store, as, people } = await scene();
  const [one, two] = [await hello(), await hello()];
  one.send({ type: "subscribe", sub: "a", chatId: chat, after: 0, deltas: true });
  two.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  await Promise.all([one.first("live"), two.first("live")]);
  store.hub.delta({ chatId: chat, runId: "r", lease: 1, part: "1.1", kind: "message", offset: 0, text: "Hel" });
  expect(await one.first("delta")).toEqual({
    type: "delta",
    sub: "a",
    chatId: chat,
    runId: "r",
    part: "1.1",
    kind: "message",
    offset: 0,
    text: "Hel",
  });
  await as(people.ann, "DELETE", `/api/chats/${chat}`);
  for (const client of [one, two]) expect(await client.first("error")).toMatchObject({ sub: "a", code: "not_found" });
  expect(two.frames.filter((frame) => frame.type === "delta")).toEqual([]);
});

test("F9 commands of a client that does not read wait their turn, and none goes without an answer", async () => {
  const { chat, hello, write } = await scene();
  const client = await hello();
  client.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  await client.first("live");
  client.socket.pause();
  await write(chat, 200, "x".repeat(60_000));
  for (let count = 0; count < 100; count++) {
    client.send({ type: "message", ref: `r${count}`, chatId: chat, text: "Hello?", key: `k${count}` });
    client.send("no JSON");
  }
  await wait(100);
  client.socket.resume();
  await client.first("ack", (frame) => frame.ref === "r99");
  const answers = client.frames.flatMap((frame) =>
    frame.type === "ack" ? [frame.ref] : frame.type === "error" ? ["bad"] : [],
  );
  expect(answers.slice(0, 199)).toEqual(
    Array.from({ length: 100 }, (_, count) => [`r${count}`, "bad"])
      .flat()
      .slice(0, 199),
  );
});

test("lists that change are announced to those who may see them, and to nobody else", async () => {
  const { hello, as, people, token, url } = await scene();
  const [ann, bob] = [await hello(), await hello(url, await token(people.bob))];
  const { body: task } = await as(people.ann, "POST", "/api/tasks", { instruction: "Look" });
  expect(await ann.first("changed", (frame) => frame.topic === "tasks")).toMatchObject({ id: task.id });
  await wait(60);
  expect(bob.frames.map((frame) => frame.type)).toEqual(["welcome"]);
});

test.each([
  { what: "no JSON", frame: "{", code: "invalid_input" },
  { what: "bytes", frame: Buffer.from("{}"), code: "invalid_input" },
  { what: "an unknown type", frame: { type: "shout" }, code: "invalid_input" },
  {
    what: "a wrong shape",
    frame: { type: "subscribe", sub: "x", chatId: 5, after: -1 },
    code: "invalid_input",
    sub: "x",
  },
  {
    what: "a cursor without its epoch",
    frame: { type: "subscribe", sub: "x", chatId: "c", after: 5 },
    code: "invalid_input",
    sub: "x",
  },
  {
    what: "an empty message",
    frame: { type: "message", ref: "m", chatId: "c", text: " ", key: "k" },
    code: "invalid_input",
    ref: "m",
  },
  { what: "a stop of nothing", frame: { type: "stop", ref: "s" }, code: "invalid_input", ref: "s" },
  {
    what: "an unknown approval",
    frame: { type: "decide", ref: "d", approvalId: "a", decision: "approve" },
    code: "not_found",
    ref: "d",
  },
  { what: "a second hello", frame: { type: "hello", v: 1 }, code: "invalid_input" },
])("a frame with $what costs an answer, not the connection", async ({ frame, code, sub, ref }) => {
  const { chat, hello } = await scene();
  const client = await hello();
  client.send(frame);
  const error = await client.first("error");
  expect([error.code, error.sub, error.ref]).toEqual([code, sub, ref]);
  client.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  await client.first("live");
});

test("F10 who is not signed in, or says something before hello, is told so by the close code", async () => {
  const { url, chat } = await scene();
  const stranger = await socketClient(url);
  stranger.send({ type: "hello", v: 1 });
  expect(await stranger.closed).toBe(4401);
  const wrong = await socketClient(url);
  wrong.send({ type: "hello", v: 1, token: "sparky_wrong" });
  expect(await wrong.closed).toBe(4401);
  const hasty = await socketClient(url);
  hasty.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  expect(await hasty.closed).toBe(4401);
  expect(hasty.frames).toEqual([]);
});

test("F10 a sign-in that cannot be checked is no sign-in that has expired: the socket asks to come again", async () => {
  const { url, annToken, store } = await scene();
  await sql`drop table tokens`.execute(store.db);
  const client = await socketClient(url);
  client.send({ type: "hello", v: 1, token: annToken });
  expect(await client.closed).toBe(1012);
});

test("F10 a sign-in that is taken back closes its sockets with 4401, within a second", async () => {
  const clock = testClock();
  const { hello, store } = await scene(sqlite, {}, clock);
  const client = await hello();
  await store.transact(({ db }) => db.deleteFrom("tokens").execute());
  await clock.advance(1000);
  expect(await client.closed).toBe(4401);
});

test("a header signs a socket in as well as hello does", async () => {
  const { url, annToken } = await scene();
  const client = await socketClient(url, { headers: { authorization: `Bearer ${annToken}` } });
  client.send({ type: "hello", v: 1 });
  expect((await client.first("welcome")).user.name).toBe("ann");
});

test.each([
  { what: "another site's page", headers: { origin: "https://evil.example" }, path: "/ws", status: 403 },
  { what: "a foreign host name", headers: { host: "evil.example" }, path: "/ws", status: 403 },
  { what: "another path", headers: {}, path: "/api/ws", status: 404 },
])("an upgrade for $what is refused with $status", async ({ headers, path, status }) => {
  const { url } = await scene();
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, { headers });
  const [, response] = await once(socket, "unexpected-response");
  expect(response.statusCode).toBe(status);
  response.destroy();
});

test("a frame above 1 MB closes its own connection and no other", async () => {
  const { hello, chat } = await scene();
  const [big, other] = [await hello(), await hello()];
  big.send({ type: "message", ref: "m", chatId: chat, text: "x".repeat(1_100_000), key: "k" });
  expect(await big.closed).toBe(1009);
  other.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  await other.first("live");
});

test("heartbeats tell the heads of what is subscribed, and a peer that does not answer is dropped", async () => {
  const { hello, chat, write, url, annToken, newChat } = await scene(sqlite, { pingMs: 40 });
  const alive = await hello();
  const dead = await socketClient(url, { autoPong: false });
  dead.send({ type: "hello", v: 1, token: annToken });
  alive.send({ type: "subscribe", sub: "a", chatId: chat, after: 0 });
  await newChat();
  await write(chat, 3);
  expect((await alive.first("ping", (frame) => frame.heads[chat] === 4)).heads).toEqual({ [chat]: 4 });
  expect(await dead.closed).toBe(1006);
  expect(dead.frames.filter((frame) => frame.type === "ping")).toHaveLength(2);
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
});

test("F9 a slow reader delays nobody, costs bounded memory and no log line, and gets everything once it reads", async () => {
  const { hello, chat, write, store, log, logged } = await scene();
  const [slow, quick] = [await hello(), await hello()];
  for (const client of [slow, quick])
    client.send({ type: "subscribe", sub: "a", chatId: chat, after: 0, deltas: true });
  await Promise.all([slow.first("live"), quick.first("live")]);
  slow.socket.pause();
  const text = "x".repeat(20_000);
  let grown = 0;
  for (let part = 0; part < 60; part++) {
    await write(chat, 20, text);
    grown += 20;
    store.hub.delta({ chatId: chat, runId: "r", lease: 1, part: "1.1", kind: "message", offset: part, text: "." });
  }
  await expect.poll(() => quick.seqs(chat).length).toBe(grown + 1);
  expect(slow.seqs(chat).length).toBeLessThan(grown);
  slow.socket.resume();
  await expect.poll(() => slow.seqs(chat).length, { timeout: 60_000 }).toBe(grown + 1);
  expect(slow.seqs(chat)).toEqual(log(grown + 1));
  // The part that was left out while it was slow comes whole.
  expect(await slow.first("delta", (frame) => frame.text === ".".repeat(60))).toMatchObject({ offset: 0 });
  expect(logged.filter(({ level }) => level !== "debug" && level !== "info")).toEqual([]);
});

test("a socket holds at most 1,000 subscriptions", async () => {
  const { hello, store, people } = await scene();
  const client = await hello();
  const ids = Array.from({ length: 1001 }, (_, index) => `c${index}`);
  await store.transact(async ({ db }) => {
    const row = {
      owner_id: people.ann.id,
      title: "",
      titled_by: "nobody",
      origin: "user",
      head: 0,
      archived: 0,
      recall: 1,
    } as const;
    const rest = { schedule: null, model: null, key: null, run_id: null, run_lease: null, deleted_at: null };
    const times = { created_at: 0, last_event_at: 0 };
    for (const id of ids)
      await db
        .insertInto("chats")
        .values({ id, ...row, ...rest, ...times })
        .execute();
  });
  for (const id of ids) client.send({ type: "subscribe", sub: id, chatId: id, after: 0 });
  expect(await client.first("error")).toMatchObject({ sub: "c1000", code: "too_large" });
  await expect.poll(() => client.frames.filter((frame) => frame.type === "live").length).toBe(1000);
});

test("closing tells clients to come back, ends what is open, and refuses what is new", async () => {
  // Time stands still: nothing that only its passing would end may be waited for.
  const { hello, server, url } = await scene(sqlite, {}, testClock());
  const client = await hello();
  const idle = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void idle.destroy());
  await once(idle, "connect");
  await server.close();
  expect(await client.closed).toBe(1012);
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test("a request that runs when the server closes still gets its answer", async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const { server, url, annToken } = await scene(sqlite, {
    async cancelTask() {
      entered.resolve();
      await release.promise;
      return { runId: null };
    },
  });
  const headers = { authorization: `Bearer ${annToken}` };
  const answer = fetch(`${url}/api/tasks/t1/cancel`, { method: "POST", headers });
  await entered.promise;
  const closed = server.close();
  release.resolve();
  expect((await answer).status).toBe(200);
  await closed;
});

test("a taken port is named, with what to do", async () => {
  const { server, url } = await scene();
  const port = Number(new URL(url).port);
  await expect(server.listen("127.0.0.1", port)).rejects.toMatchObject({
    code: "unavailable",
    message: `port ${port} on 127.0.0.1 is taken`,
    hint: expect.stringContaining("--port"),
  });
});

test("two megabytes over a real connection get 413, and the server lives on", async () => {
  const { url, annToken } = await scene();
  const headers = { authorization: `Bearer ${annToken}` };
  const init = { method: "POST", headers, body: JSON.stringify({ instruction: "x".repeat(2_000_000) }) };
  expect((await fetch(`${url}/api/tasks`, init)).status).toBe(413);
  expect((await fetch(`${url}/api/me`, { headers })).status).toBe(200);
});

test("F9 a client that does not answer the close is cut within the five seconds", async () => {
  const clock = testClock();
  const { hello, server, url } = await scene(sqlite, {}, clock);
  await using proxy = await tcpProxy({ port: Number(new URL(url).port) });
  await hello(`http://127.0.0.1:${proxy.port}`);
  proxy.freeze();
  const closed = server.close();
  await clock.advance(4999);
  await closed;
});
