import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { tcpProxy } from "./tcp-proxy.ts";

async function echo() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
  await once(server, "listening");
  const proxy = await tcpProxy({ port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    await new Promise((resolve) => server.close(resolve));
  });
  return { proxy, open: () => new WebSocket(`ws://127.0.0.1:${proxy.port}`) };
}

const next = async (socket: WebSocket): Promise<string> => String((await once(socket, "message"))[0]);

test("an open WebSocket dies when the network is cut, and a new one works after it is back", async () => {
  const { proxy, open } = await echo();
  const socket = open();
  await once(socket, "open");
  socket.send("hello");
  expect(await next(socket)).toBe("hello");
  proxy.cut();
  socket.on("error", () => {});
  await once(socket, "close");
  const refused = open();
  await once(refused, "error");
  proxy.restore();
  const again = open();
  await once(again, "open");
  again.send("back");
  expect(await next(again)).toBe("back");
  expect(proxy.open).toBe(1);
});

test("a frozen network keeps the connection and delivers nothing until it is restored", async () => {
  const { proxy, open } = await echo();
  const socket = open();
  await once(socket, "open");
  proxy.freeze();
  socket.send("late");
  const answer = next(socket);
  expect(await Promise.race([answer, wait(100).then(() => "nothing")])).toBe("nothing");
  expect(socket.readyState).toBe(WebSocket.OPEN);
  proxy.restore();
  expect(await answer).toBe("late");
});

test("over a long way everything arrives later and in its order, and at once again when the way is short", async () => {
  const { proxy, open } = await echo();
  const socket = open();
  await once(socket, "open");
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  proxy.delay(100);
  const sent = performance.now();
  for (let n = 0; n < 20; n++) socket.send(`${n}`);
  await expect.poll(() => heard.length).toBeGreaterThan(0);
  // There and back.
  expect(performance.now() - sent).toBeGreaterThan(195);
  proxy.delay(0);
  for (let n = 20; n < 40; n++) socket.send(`${n}`);
  await expect.poll(() => heard).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
});
