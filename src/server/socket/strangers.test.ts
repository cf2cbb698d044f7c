import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { MAX_WAITING_OF_ONE } from "./lobby.ts";

/** What a stranger's socket, and a signed-in one that means ill, can cost. */

async function scene(clock?: ReturnType<typeof testClock>) {
  const app = await chatServer(await sqlite.store(clock === undefined ? {} : { clock }));
  const url = await app.listen();
  const token = await app.token(app.people.ann);
  const hello = async () => {
    const client = await socketClient(url);
    client.send({ type: "hello", v: 1, token });
    await client.first("welcome");
    return client;
  };
  const health = async (): Promise<number> => (await fetch(`${url}/health`)).status;
  return { ...app, url, token, hello, health };
}

const MEGABYTE = "x".repeat(1_000_000);

test.each([
  { what: "a frame of a megabyte", send: (socket: WebSocket) => socket.send(MEGABYTE) },
  {
    what: "JSON of a megabyte",
    send: (socket: WebSocket) => socket.send(`{"type":"hello","v":1,"token":"${MEGABYTE}"}`),
  },
  {
    what: "a frame in many pieces",
    send: (socket: WebSocket) => {
      for (let at = 0; at < 100; at++) socket.send("x".repeat(100), { fin: false });
    },
  },
  {
    what: "many small frames",
    send: (socket: WebSocket) => {
      for (let at = 0; at < 500; at++) socket.send('{"type":"pong"}');
    },
  },
  {
    what: "many pings",
    send: (socket: WebSocket) => {
      for (let at = 0; at < 500; at++) socket.ping("x".repeat(100));
    },
  },
])("F103 before its hello a socket that sends $what is cut", async ({ send }) => {
  const { url, hello } = await scene();
  const stranger = await socketClient(url);
  stranger.socket.on("error", () => {});
  send(stranger.socket);
  expect(await stranger.closed).toBe(1006);
  expect(stranger.frames.every((frame) => frame.type === "error")).toBe(true);
  await hello();
});

test("F103 of many sockets without hello only some are kept, and nobody who says hello is kept out", async () => {
  const { url, hello, health } = await scene();
  const early = await hello();
  const strangers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`);
      socket.on("error", () => {});
      onTestFinished(() => socket.terminate());
      await Promise.race([once(socket, "open"), once(socket, "close")]);
      return socket;
    }),
  );
  await hello();
  const open = () => strangers.filter((socket) => socket.readyState === WebSocket.OPEN).length;
  await expect.poll(open).toBeLessThanOrEqual(MAX_WAITING_OF_ONE);
  expect(open()).toBeGreaterThan(0);
  expect(early.socket.readyState).toBe(WebSocket.OPEN);
  expect(await health()).toBe(200);
});

test("F103 behind a proxy, where all have one address, a hundred with a cookie come back at once while strangers crowd", async () => {
  const { url, server, people } = await scene();
  const link = await server.createLoginLink(people.ann);
  const cookie = (await spendLink(server, link.url)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const open = (headers: Record<string, string>) => socketClient(url, { headers });
  const slow = await Promise.all(Array.from({ length: 100 }, () => open({ cookie })));
  const forged = cookie.replace(/=./, "=_");
  await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, { headers: at % 2 ? { cookie: forged } : {} });
      socket.on("error", () => {});
      onTestFinished(() => socket.terminate());
      await Promise.race([once(socket, "open"), once(socket, "close")]);
    }),
  );
  for (const client of slow) client.send({ type: "hello", v: 1 });
  expect(await Promise.all(slow.map(async (client) => (await client.first("welcome")).type))).toHaveLength(100);
});

test("F103 wrong tokens count over sockets as over HTTP, and a right one is let in all the same", async () => {
  const { url, token, hello } = await scene();
  const wrong = { authorization: "Bearer sparky_wrong" };
  const me = async (headers: Record<string, string>) => (await fetch(`${url}/api/me`, { headers })).status;
  expect(await me(wrong)).toBe(401);
  for (let at = 0; at < 25; at++) {
    const inHeader = at % 2 === 0;
    const client = await socketClient(url, inHeader ? { headers: wrong } : {});
    client.send({ type: "hello", v: 1, ...(!inHeader && { token: "sparky_wrong" }) });
    expect(await client.closed).toBe(4401);
  }
  expect(await me(wrong)).toBe(429);
  const late = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, { headers: wrong });
  await once(late, "open");
  late.send('{"type":"hello","v":1}');
  const [code, reason] = (await once(late, "close")) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4401, expect.stringContaining("too many")]);
  expect(await me({ authorization: `Bearer ${token}` })).toBe(200);
  await hello();
});

test("F103 twenty thousand subscriptions to nothing cost a few reads, and others are served meanwhile", async () => {
  const clock = testClock();
  const { hello, health } = await scene(clock);
  const greedy = await hello();
  for (let at = 0; at < 20_000; at++) {
    greedy.send({ type: "subscribe", sub: `s${at}`, chatId: `none-${at}`, after: 0 });
  }
  const other = await hello();
  other.send({ type: "stop", ref: "r", chatId: "none" });
  await other.first("error");
  expect(await health()).toBe(200);
  const answers = (): number => greedy.frames.filter(({ type }) => type === "error").length;
  // Time stands still, so nothing more is heard once its patience is used up.
  let before = -1;
  await expect
    .poll(
      () => {
        const settled = answers() === before;
        before = answers();
        return settled && before > 0;
      },
      { interval: 300 },
    )
    .toBe(true);
  expect(answers()).toBeLessThan(1500);
  // And it is heard again when time has gone by.
  await clock.advance(120_000);
  await expect.poll(answers).toBeGreaterThan(before);
});
