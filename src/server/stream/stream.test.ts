import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { stream } from "@durable-streams/client";
import { expect, onTestFinished, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { tcpProxy } from "../../../test/kit/tcp-proxy.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../wire/api.ts";
import { STALLED_MS } from "./live.ts";
import { EVENTS_MS, LONG_POLL_MS } from "./stream.ts";
import { formatOffset } from "./offset.ts";

const BASE = "http://127.0.0.1:8000";

interface Event {
  readonly seq: number;
}

async function write(store: Store, chatId: string, count: number, text = "…"): Promise<void> {
  const actor = { kind: "system", id: "s", name: "Sparky" } as const;
  const event = { type: "thought", data: { text }, runId: null, taskId: null, step: null, actor } as const;
  await store.append({ chatId, events: Array.from({ length: count }, () => event) });
}

async function newChat({ as, people }: ChatServer): Promise<string> {
  return (await as(people.ann, "POST", "/api/chats", {})).body.id;
}

const seqsTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** One request as this user, without a socket. */
function ask(app: ChatServer, viewer: User, path: string, init: RequestInit = {}): Promise<Response> {
  return app.server.fetch(new Request(`${BASE}${path}`, init), { viewer });
}

/** Follows a stream with the unmodified client; after a failure it goes on from the last offset, as its user would. */
function follow(url: string, token: string, live: "long-poll" | "sse", from = "-1") {
  const seen: Event[] = [];
  const stop = new AbortController();
  let offset = from;
  let failures = 0;
  const reading = (async () => {
    while (!stop.signal.aborted) {
      try {
        const headers = { authorization: `Bearer ${token}` };
        const response = await stream<Event>({ url, headers, live, offset, signal: stop.signal, warnOnHttp: false });
        response.subscribeJson((batch) => {
          seen.push(...batch.items);
          offset = batch.offset;
        });
        await response.closed;
      } catch {
        failures++;
        await wait(20);
      }
    }
  })();
  const end = async (): Promise<void> => {
    stop.abort();
    await reading;
  };
  onTestFinished(end);
  return { seqs: () => seen.map(({ seq }) => seq), seen, failures: () => failures, end };
}

eachEngine("the unmodified client", (engine) => {
  test("reads a whole chat, in pages, as the events page has it", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const chat = await newChat(app);
    await write(store, chat, 450);
    const url = `${await app.listen()}/api/chats/${chat}/stream`;
    const headers = { authorization: `Bearer ${await app.token(app.people.ann)}` };
    let requests = 0;
    const counted: typeof fetch = (...args) => {
      requests++;
      return fetch(...args);
    };
    const response = await stream<Event>({ url, headers, fetch: counted });
    // To the end of the log, and no further.
    const events = await response.json();
    expect(events.map(({ seq }) => seq)).toEqual(seqsTo(451));
    expect(requests).toBe(3);
    const newest = await app.as(app.people.ann, "GET", `/api/chats/${chat}/events?limit=50`);
    expect(events.slice(-50)).toEqual(newest.body.events);
    const rest = await stream<Event>({ url, headers, live: false, offset: response.offset });
    expect(await rest.json()).toEqual([]);
  });

  test.each(["long-poll", "sse"] as const)(
    "F1 follows a chat by %s, across a restart of the server, each event once",
    async (live) => {
      const place = await engine.place();
      const store = await engine.open(place);
      const app = await chatServer(store);
      const chat = await newChat(app);
      await write(store, chat, 250);
      const address = await app.listen();
      const token = await app.token(app.people.ann);
      const { seqs, failures, end } = follow(`${address}/api/chats/${chat}/stream`, token, live);
      await expect.poll(() => seqs().length, { timeout: 60_000 }).toBe(251);
      for (const last of [252, 253]) {
        await write(store, chat, 1);
        await expect.poll(() => seqs().length).toBe(last);
      }
      await app.server.close();
      await write(store, chat, 2);
      await store[Symbol.asyncDispose]();

      const again = await engine.open(place);
      const next = await chatServer(again);
      await next.server.listen("127.0.0.1", Number(new URL(address).port));
      await write(again, chat, 1);
      await expect.poll(() => seqs().length, { timeout: 60_000 }).toBe(256);
      await write(again, chat, 1);
      await expect.poll(() => seqs().length).toBe(257);
      expect(seqs()).toEqual(seqsTo(257));
      expect(failures()).toBe(0);
      // While the server is there: the client that waits before it connects again does not look at its signal.
      await end();
    },
  );
});

test.each(["long-poll", "sse"] as const)(
  "F1 F7 a reader by %s whose network is cut again and again has each event once",
  async (live) => {
    const store = await sqlite.store();
    const app = await chatServer(store);
    const chat = await newChat(app);
    await using proxy = await tcpProxy({ port: Number(new URL(await app.listen()).port) });
    const url = `http://127.0.0.1:${proxy.port}/api/chats/${chat}/stream`;
    const { seqs } = follow(url, await app.token(app.people.ann), live);
    for (let round = 0; round < 6; round++) {
      await expect.poll(() => seqs().length, { timeout: 60_000 }).toBe(1 + round * 45);
      await write(store, chat, 40);
      await wait(2 * round);
      proxy.cut();
      await write(store, chat, 5);
      proxy.restore();
    }
    await expect.poll(() => seqs().length, { timeout: 60_000 }).toBeGreaterThan(270);
    expect(seqs()).toEqual(seqsTo(271));
  },
);

test("the headers tell the offsets, the end, and what a cache may do", async () => {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const { ann } = app.people;
  const chat = await newChat(app);
  await write(store, chat, 300);
  const path = `/api/chats/${chat}/stream`;
  const offset = (seq: number): string => formatOffset(store.epoch, seq);
  const told = ({ status, headers }: Response) => ({
    status,
    next: headers.get("stream-next-offset"),
    end: headers.get("stream-up-to-date"),
    cache: headers.get("cache-control"),
  });

  const first = await ask(app, ann, path);
  expect(told(first)).toEqual({ status: 200, next: offset(200), end: null, cache: "no-store" });
  expect(first.headers.get("content-type")).toBe("application/json");
  const rest = await ask(app, ann, `${path}?offset=${offset(200)}`);
  expect(told(rest)).toEqual({ status: 200, next: offset(301), end: "true", cache: "no-store" });
  const now = await ask(app, ann, `${path}?offset=now`);
  expect(told(now)).toEqual({ status: 200, next: offset(301), end: "true", cache: "no-store" });
  expect(await now.text()).toBe("[]");
  const head = await ask(app, ann, path, { method: "HEAD" });
  expect(told(head)).toEqual({ status: 200, next: offset(301), end: null, cache: "no-store" });
  expect(await head.text()).toBe("");

  const known = { headers: { "if-none-match": `"other", W/${rest.headers.get("etag")}` } };
  const same = await ask(app, ann, `${path}?offset=${offset(200)}`, known);
  expect([same.status, await same.text()]).toEqual([304, ""]);
  await write(store, chat, 1);
  expect((await ask(app, ann, `${path}?offset=${offset(200)}`, known)).status).toBe(200);
});

test("what does not fit is refused, and what one may not see does not exist", async () => {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const { ann, bob } = app.people;
  const chat = await newChat(app);
  const path = `/api/chats/${chat}/stream`;
  const asked = async (viewer: User, at: string, method = "GET") => {
    const response = await ask(app, viewer, at, { method });
    const text = await response.text();
    return [response.status, text === "" ? "" : JSON.parse(text).error.code];
  };
  expect(await asked(ann, `${path}?offset=12`)).toEqual([400, "invalid_input"]);
  expect(await asked(ann, `${path}?live=sse`)).toEqual([400, "invalid_input"]);
  expect(await asked(ann, `${path}?offset=${formatOffset("other", 1)}`)).toEqual([410, "conflict"]);
  expect(await asked(ann, `${path}?offset=${formatOffset(store.epoch, 99)}&live=sse`)).toEqual([410, "conflict"]);
  expect(await asked(ann, path, "POST")).toEqual([404, "not_found"]);
  for (const query of ["", "?offset=now", "?offset=-1&live=sse", "?offset=now&live=long-poll"]) {
    expect(await asked(bob, path + query)).toEqual([404, "not_found"]);
    expect(await asked(ann, `/api/chats/nowhere/stream${query}`)).toEqual([404, "not_found"]);
  }
  expect(await asked(bob, path, "HEAD")).toEqual([404, ""]);
  expect((await app.server.fetch(new Request(`${BASE}${path}`))).status).toBe(401);
});

/** Reads server-sent events as they come, as text. */
function eventsOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const ended = (async () => {
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) text += next.value;
  })();
  onTestFinished(async () => {
    await reader?.cancel().catch(() => {});
  });
  const seqs = () => [...text.matchAll(/^data:(\[.*)$/gm)].flatMap(([, json = ""]) => JSON.parse(json) as Event[]);
  return { text: () => text, seqs: () => seqs().map(({ seq }) => seq), ended };
}

eachEngine("a live stream", (engine) => {
  test("F16 ends when its reader loses the right, without what came after; another's goes on", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { ann, bob } = app.people;
    const chat = await newChat(app);
    await store.db.insertInto("chat_shares").values({ chat_id: chat, user_id: bob.id, can_write: 0 }).execute();
    const path = `/api/chats/${chat}/stream?offset=-1&live=`;
    const [anns, bobs] = [ann, bob].map(async (viewer) => eventsOf(await ask(app, viewer, `${path}sse`)));
    const [hers, his] = [await anns, await bobs];
    await write(store, chat, 1);
    await expect
      .poll(() => [hers?.seqs(), his?.seqs()])
      .toEqual([
        [1, 2],
        [1, 2],
      ]);
    const polling = ask(app, bob, `/api/chats/${chat}/stream?offset=now&live=long-poll`);
    await expect.poll(() => store.hub.isWatched(chat)).toBe(true);
    await store.db.deleteFrom("chat_shares").where("user_id", "=", bob.id).execute();
    store.hub.gone(chat);
    await write(store, chat, 1, "secret");
    await his?.ended;
    expect(his?.text()).not.toContain("secret");
    expect((await polling).status).toBe(404);
    await expect.poll(() => hers?.seqs()).toEqual([1, 2, 3]);
    expect(app.logged.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("ends when its chat is deleted, and nothing watches any more", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { ann } = app.people;
    const chat = await newChat(app);
    const path = `/api/chats/${chat}/stream?offset=-1&live=sse`;
    const events = eventsOf(await ask(app, ann, path));
    await expect.poll(() => store.hub.isWatched(chat)).toBe(true);
    expect((await app.as(ann, "DELETE", `/api/chats/${chat}`)).status).toBe(204);
    await events.ended;
    expect(store.hub.isWatched(chat)).toBe(false);
    expect((await ask(app, ann, path)).status).toBe(404);
  });
});

test("a long poll ends without news after its time, events after theirs, each saying where to go on", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const app = await chatServer(store);
  const { ann } = app.people;
  const chat = await newChat(app);
  const path = `/api/chats/${chat}/stream?offset=now&live=`;
  const polling = ask(app, ann, `${path}long-poll`);
  await expect.poll(() => store.hub.isWatched(chat)).toBe(true);
  await clock.advance(LONG_POLL_MS);
  const polled = await polling;
  expect([polled.status, polled.headers.get("stream-up-to-date")]).toEqual([204, "true"]);
  expect(polled.headers.get("stream-next-offset")).toBe(formatOffset(store.epoch, 1));
  expect(LONG_POLL_MS).toBeLessThanOrEqual(30_000);

  const events = eventsOf(await ask(app, ann, `${path}sse&cursor=9000000`));
  await expect.poll(() => store.hub.isWatched(chat)).toBe(true);
  await clock.advance(EVENTS_MS);
  await events.ended;
  const control = { streamNextOffset: formatOffset(store.epoch, 1), streamCursor: "9000001", upToDate: true };
  expect(events.text()).toBe(`event: control\ndata:${JSON.stringify(control)}\n\n`);
  expect(store.hub.isWatched(chat)).toBe(false);
  expect(clock.pending).toBe(0);
});

test("a server that closes ends its live streams at once", async () => {
  // Time stands still: nothing is waited for.
  const store = await sqlite.store({ clock: testClock() });
  const app = await chatServer(store);
  const chat = await newChat(app);
  const url = `${await app.listen()}/api/chats/${chat}/stream?offset=now&live=`;
  const headers = { authorization: `Bearer ${await app.token(app.people.ann)}` };
  const polling = fetch(`${url}long-poll`, { headers });
  const events = eventsOf(await fetch(`${url}sse`, { headers }));
  await expect.poll(() => events.text()).toContain("upToDate");
  await wait(50);
  await app.server.close();
  expect((await polling).status).toBe(204);
  await events.ended;
});

test("a reader that takes nothing is cut after its time, while another reads on", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const app = await chatServer(store);
  const { ann } = app.people;
  const chat = await newChat(app);
  // More than the buffers between two sockets of this machine take.
  for (let part = 0; part < 12; part++) await write(store, chat, 1, "x".repeat(2_000_000));
  const { port } = new URL(await app.listen());
  const token = await app.token(ann);
  const slow = connect(Number(port), "127.0.0.1");
  slow.on("error", () => {});
  onTestFinished(() => void slow.destroy());
  const closed = new Promise<void>((resolve) => slow.once("close", () => resolve()));
  slow.pause();
  slow.write(
    `GET /api/chats/${chat}/stream?offset=-1&live=sse HTTP/1.1\r\n` +
      `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  const url = `http://127.0.0.1:${port}/api/chats/${chat}/stream`;
  const { seqs } = follow(url, token, "sse", formatOffset(store.epoch, 12));
  await expect.poll(() => seqs()).toEqual([13]);
  const before = clock.pending;
  await clock.advance(STALLED_MS);
  slow.resume();
  await closed;
  await write(store, chat, 1);
  await expect.poll(() => seqs()).toEqual([13, 14]);
  expect(clock.pending).toBeLessThan(before);
});
