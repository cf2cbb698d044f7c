import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocketServer, type WebSocket as ServerSocket } from "ws";
import type { LogEvent } from "../../src/core/transcript.ts";
import type { ClientFrame } from "../../src/wire/frames.ts";
import { LiveSocket, type SocketDeps, type Watcher } from "./socket.ts";

/** A server on a real socket that says what the test tells it to, and notes what it hears. */
let server: WebSocketServer;
let peers: ServerSocket[];
let heard: ClientFrame[];
let welcomes: boolean;

beforeEach(async () => {
  peers = [];
  heard = [];
  welcomes = true;
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (peer) => {
    peers.push(peer);
    peer.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ClientFrame;
      heard.push(frame);
      if (frame.type === "hello" && welcomes) {
        say({ type: "welcome", v: 1, user: { id: "u", name: "u" }, epoch: "e", node: "n", pingMs: 60_000 });
      }
    });
  });
  await once(server, "listening");
});

const sockets: LiveSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket[Symbol.dispose]();
  for (const peer of peers) peer.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const say = (frame: object): void => peers.at(-1)?.send(JSON.stringify(frame));
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 60_000, interval: 5 });
const subscribes = () => heard.filter((frame) => frame.type === "subscribe");

function connect(deps: Partial<SocketDeps> = {}): LiveSocket {
  const { port } = server.address() as AddressInfo;
  const socket = new LiveSocket({
    open: () => new WebSocket(`ws://127.0.0.1:${port}`),
    now: () => Date.now(),
    random: () => 0,
    isOnline: () => true,
    isSignedIn: () => Promise.resolve(true),
    onChanged: () => undefined,
    ...deps,
  });
  sockets.push(socket);
  socket.connect();
  return socket;
}

function watcher(chatId: string) {
  const seqs: number[] = [];
  const ends: string[] = [];
  const watch: Watcher = {
    chatId,
    cursor: () => ({ after: seqs.at(-1) ?? 0, epoch: "e" }),
    events: (events: readonly LogEvent[]) => seqs.push(...events.map(({ seq }) => seq)),
    live: () => undefined,
    delta: () => undefined,
    progress: () => undefined,
    watching: () => undefined,
    reset: () => ends.push("reset"),
    ended: (code) => ends.push(code),
  };
  return { watch, seqs, ends };
}

const actor = { kind: "agent", id: "a", name: "a" };
const event = (chatId: string, seq: number, type = "thought"): object => ({
  ...{ chatId, seq, type, at: "2026-01-01T00:00:00.000Z", runId: null, taskId: null, step: null, actor },
  data: { text: "x" },
});

test("F7: after a lost connection every watched chat goes on from its cursor", async () => {
  const socket = connect();
  const { watch, seqs } = watcher("c1");
  socket.watch(watch);
  await until(() => expect(subscribes()).toHaveLength(1));
  say({ type: "events", sub: subscribes()[0]?.sub, chatId: "c1", events: [event("c1", 1), event("c1", 2)] });
  await until(() => expect(seqs).toEqual([1, 2]));
  peers[0]?.terminate();
  await until(() => expect(subscribes()).toHaveLength(2));
  expect(subscribes()[1]).toMatchObject({ chatId: "c1", after: 2, epoch: "e", deltas: true });
  expect(socket.connection()).toEqual({ state: "live" });
});

test("F11: frames of a subscription that has ended are nobody's", async () => {
  const socket = connect();
  const left = watcher("c1");
  const unwatch = socket.watch(left.watch);
  const stays = watcher("c2");
  socket.watch(stays.watch);
  await until(() => expect(subscribes()).toHaveLength(2));
  unwatch();
  for (const { sub, chatId } of subscribes()) say({ type: "events", sub, chatId, events: [event(chatId, 1)] });
  await until(() => expect(stays.seqs).toEqual([1]));
  expect(left.seqs).toEqual([]);
});

test("F10: signed out is told apart from a lost network", async () => {
  const socket = connect();
  await until(() => expect(socket.connection().state).toBe("live"));
  peers[0]?.close(4401);
  await until(() => expect(socket.connection()).toEqual({ state: "signed-out" }));
  expect(peers).toHaveLength(1);
});

test("F10: an upgrade that is refused again and again is a matter of sign-in if the server says so", async () => {
  welcomes = false;
  const socket = connect({ isSignedIn: () => Promise.resolve(false) });
  await until(() => {
    peers.at(-1)?.terminate();
    expect(socket.connection()).toEqual({ state: "signed-out" });
  });
});

test("a restarting server is called that, and found again", async () => {
  const socket = connect();
  await until(() => expect(socket.connection().state).toBe("live"));
  peers[0]?.close(1012);
  await until(() => expect(socket.connection()).toMatchObject({ state: "restarting", attempt: 1 }));
  await until(() => expect(socket.connection().state).toBe("live"));
});

test("without a network it does not even try", () => {
  const socket = connect({ isOnline: () => false });
  expect(socket.connection()).toEqual({ state: "offline" });
});

test("a reset and an error end their subscription and are told to its watcher", async () => {
  const socket = connect();
  const first = watcher("c1");
  const second = watcher("c2");
  socket.watch(first.watch);
  socket.watch(second.watch);
  await until(() => expect(subscribes()).toHaveLength(2));
  const [a, b] = subscribes();
  say({ type: "reset", sub: a?.sub, chatId: "c1", reason: "epoch", first: 1, last: 9, epoch: "f" });
  say({ type: "error", sub: b?.sub, code: "not_found", message: "gone" });
  await until(() => expect([...first.ends, ...second.ends]).toEqual(["reset", "not_found"]));
});

test("behind the heads on two pings with no event between: it subscribes again", async () => {
  const socket = connect();
  socket.watch(watcher("c1").watch);
  await until(() => expect(subscribes()).toHaveLength(1));
  say({ type: "ping", heads: { c1: 5 } });
  await until(() => expect(heard.filter(({ type }) => type === "pong")).toHaveLength(1));
  expect(subscribes()).toHaveLength(1);
  say({ type: "ping", heads: { c1: 5 } });
  await until(() => expect(subscribes()).toHaveLength(2));
});

test("a frame or an event that it does not know is no reason to stop", async () => {
  const socket = connect();
  const { watch, seqs } = watcher("c1");
  socket.watch(watch);
  await until(() => expect(subscribes()).toHaveLength(1));
  say({ type: "hologram" });
  peers[0]?.send("not json");
  say({
    type: "events",
    sub: subscribes()[0]?.sub,
    chatId: "c1",
    events: [event("c1", 1, "hologram"), event("c1", 2)],
  });
  await until(() => expect(seqs).toEqual([1, 2]));
});
