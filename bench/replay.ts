import { once } from "node:events";
import { WebSocket } from "ws";
import { startChild } from "./kit/child.ts";
import { sqliteDatabase } from "./kit/engines.ts";
import type { Figure } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import type { BareQuestion, ServerQuestion, ServerStarted } from "./kit/questions.ts";

const EVENTS = 100_000;
const TIMES = 3;
const SCREENS = 9;
/** What the web UI asks for when it opens a chat. */
const FIRST_PAGE = 200;

/** A long chat: all of it over a socket, and what a person sees of it first. */
export async function replay(): Promise<Figure[]> {
  await using database = await sqliteDatabase();
  await using server = startChild("chat-server.ts");
  await using bare = startChild("bare-sockets.ts");
  const { file } = database.place;
  const { url, token } = await server.ask<ServerStarted>({ do: "start", file } satisfies ServerQuestion);
  const chatId = await server.ask<string>({ do: "chat", events: EVENTS } satisfies ServerQuestion);
  const bareUrl = await bare.ask<string>({ do: "start" } satisfies BareQuestion);
  const replays: number[] = [];
  const bareReplays: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    replays.push(await sparkyReplay(url, token, chatId));
    bareReplays.push(await bareReplay(bareUrl));
  }
  const { ms, bytes } = await firstScreen(url, token, chatId);
  return [
    {
      what: `replay of ${EVENTS.toLocaleString("en")} events over a socket, to live`,
      value: median(replays),
      unit: "ms",
      reach: 2000,
      raw: { what: "`ws` sending the same, from memory", value: median(bareReplays) },
    },
    {
      what: "first screen of such a chat",
      value: ms,
      unit: "ms",
      reach: { times: 5 },
      raw: { what: "Node sending as many bytes", value: await timeOfFetch([`${bareUrl}/?bytes=${bytes}`], {}) },
      note: "newest page and the chat's fold",
    },
  ];
}

async function sparkyReplay(url: string, token: string, chatId: string): Promise<number> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { perMessageDeflate: false });
  await once(socket, "open");
  const { promise: welcome, resolve } = Promise.withResolvers<unknown>();
  socket.once("message", resolve);
  socket.send(JSON.stringify({ type: "hello", v: 1, token }));
  await welcome;
  return timeToLive(socket, JSON.stringify({ type: "subscribe", sub: "s", chatId, after: 0 }), EVENTS);
}

async function bareReplay(url: string): Promise<number> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/replay?events=${EVENTS}`, { perMessageDeflate: false });
  // The frames are made; now they are only sent.
  await once(socket, "message");
  return timeToLive(socket, "go", EVENTS);
}

/** Reads and parses every frame, as a client does, and sees that nothing is missing. */
async function timeToLive(socket: WebSocket, ask: string, events: number): Promise<number> {
  const { promise: live, resolve, reject } = Promise.withResolvers<void>();
  let last = 0;
  socket.on("message", (data) => {
    const frame = JSON.parse((data as Buffer).toString("utf8")) as { type: string; events?: { seq: number }[] };
    for (const { seq } of frame.events ?? []) if (seq !== ++last) reject(new Error(`${seq} came instead of ${last}`));
    if (frame.type === "live") resolve();
  });
  socket.once("close", () => reject(new Error(`the socket closed at event ${last}`)));
  const started = performance.now();
  socket.send(ask);
  await live;
  const took = performance.now() - started;
  socket.terminate();
  if (last < events) throw new Error(`only ${last} of ${events} events came`);
  return took;
}

async function firstScreen(url: string, token: string, chatId: string): Promise<{ ms: number; bytes: number }> {
  const headers = { authorization: `Bearer ${token}` };
  const urls = [`${url}/api/chats/${chatId}`, `${url}/api/chats/${chatId}/events?limit=${FIRST_PAGE}`];
  const bodies = await Promise.all(urls.map(async (at) => (await fetch(at, { headers })).text()));
  return {
    ms: await timeOfFetch(urls, headers),
    bytes: bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0),
  };
}

async function timeOfFetch(urls: readonly string[], headers: { readonly [name: string]: string }): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < SCREENS; i++) {
    const started = performance.now();
    await Promise.all(
      urls.map(async (url) => {
        const response = await fetch(url, { headers });
        if (!response.ok) throw new Error(`${url}: ${response.status}`);
        await response.text();
      }),
    );
    times.push(performance.now() - started);
  }
  return median(times);
}
