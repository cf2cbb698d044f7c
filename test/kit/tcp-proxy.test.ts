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
