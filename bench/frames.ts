import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket, type ClientOptions } from "ws";
import { spendLink } from "../test/kit/sign-in.ts";
import { startChild, type Child } from "./kit/child.ts";
import { sqliteDatabase } from "./kit/engines.ts";
import type { Figure } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import type { BareQuestion, ServerQuestion, ServerStarted, Spent } from "./kit/questions.ts";

const WARM_UP = 2000;
const FRAMES = 5000;
const ROUNDS = 5;
const PATIENCE_MS = 10_000;

/** What each frame to somebody who watches costs the server: by whichever sign-in they came, nothing is asked for it. */
export async function frames(): Promise<Figure[]> {
  await using database = await sqliteDatabase();
  await using server = startChild("chat-server.ts");
  await using bare = startChild("bare-sockets.ts");
  const { url, token, loginUrl } = await server.ask<ServerStarted>({
    do: "start",
    file: database.place.file,
  } satisfies ServerQuestion);
  const chatId = await server.ask<string>({ do: "chat", events: 0 } satisfies ServerQuestion);
  const bareUrl = await bare.ask<string>({ do: "start" } satisfies BareQuestion);
  const send = (count: number) => ({ do: "deltas", chatId, count }) satisfies ServerQuestion & BareQuestion;
  const raw = { what: "`ws` sending the same", value: await costOf(bare, send, await watch(bareUrl, {}, [])) };
  const subscribe = { type: "subscribe", sub: "s", chatId, after: 0, deltas: true };
  const figures: Figure[] = [];
  for (const { by, options, hello } of [
    { by: "session cookie", options: { headers: { cookie: await cookieOf(loginUrl) } }, hello: {} },
    { by: "API token", options: {}, hello: { token } },
  ]) {
    const watcher = await watch(url, options, [{ type: "hello", v: 1, ...hello }, subscribe]);
    const value = await costOf(server, send, watcher);
    figures.push({ what: `processor time of a frame, by ${by}`, value, unit: "ms", reach: null, raw });
  }
  return figures;
}

interface FrameWatcher extends Disposable {
  count: number;
}

/** Says `frames` and waits for the answer to the last of them: that it is live. */
async function watch(url: string, options: ClientOptions, frames: readonly object[]): Promise<FrameWatcher> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { perMessageDeflate: false, ...options });
  const watcher = { count: 0, [Symbol.dispose]: () => socket.terminate() };
  const { promise: live, resolve } = Promise.withResolvers<void>();
  socket.on("message", (data) => {
    const text = (data as Buffer).toString("utf8");
    if (text.startsWith('{"type":"delta"')) watcher.count += 1;
    else if (text.startsWith('{"type":"live"')) resolve();
  });
  await once(socket, "open");
  for (const frame of frames) socket.send(JSON.stringify(frame));
  if (frames.length > 0) await live;
  return watcher;
}

/** Of one frame, in milliseconds of the sender's processor; of several rounds the one in the middle. */
async function costOf(child: Child, send: (count: number) => object, watcher: FrameWatcher): Promise<number> {
  using _ = watcher;
  const round = async (count: number): Promise<number> => {
    watcher.count = 0;
    const { cpuMs } = await child.ask<Spent>(send(count));
    const deadline = performance.now() + PATIENCE_MS;
    while (watcher.count < count && performance.now() < deadline) await pause(5);
    if (watcher.count < count) throw new Error(`of ${count} frames ${watcher.count} came`);
    return cpuMs / count;
  };
  await round(WARM_UP);
  const costs: number[] = [];
  while (costs.length < ROUNDS) costs.push(await round(FRAMES));
  return median(costs);
}

/** Spends a sign-in link as a browser does. */
async function cookieOf(loginUrl: string): Promise<string> {
  const response = await spendLink({ fetch: (request) => fetch(request, { redirect: "manual" }) }, loginUrl);
  const cookies = response.headers.getSetCookie();
  if (cookies.length === 0) throw new Error(`the link signs nobody in: ${response.status}`);
  return cookies.map((each) => each.split(";")[0]).join("; ");
}
