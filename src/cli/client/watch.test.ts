import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import type { ChatEvent } from "../../core/events.ts";
import { clientFrameSchema, type ClientFrame, type ServerFrame } from "../../wire/frames.ts";
import { processIo } from "../console/process-io.ts";
import { watch, type Watched } from "./watch.ts";

const io = processIo(process, {});
const open: WebSocketServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.clients.forEach((client) => client.terminate());
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Peer {
  send(frame: ServerFrame): void;
  close(code?: number): void;
}

/** A server that does what the script says, once for each connection; it gives each frame that it was sent. */
async function serve(script: (peer: Peer, frame: ClientFrame, connection: number) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/ws" });
  open.push(server);
  let connections = 0;
  server.on("connection", (socket: WebSocket) => {
    connections += 1;
    const connection = connections;
    const peer: Peer = { send: (frame) => socket.send(JSON.stringify(frame)), close: (code) => socket.close(code) };
    socket.on("message", (data) => script(peer, clientFrameSchema.parse(JSON.parse(String(data))), connection));
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const welcome: ServerFrame = {
  type: "welcome",
  v: 1,
  user: { id: "u", name: "owner" },
  epoch: "e1",
  node: "n",
  pingMs: 200,
};
const event = (seq: number): ChatEvent => ({
  chatId: "c",
  seq,
  at: "2026-12-01T14:02:10.000Z",
  runId: null,
  taskId: null,
  step: null,
  actor: { kind: "user", id: "u", name: "owner" },
  type: "message",
  data: { role: "user", text: `#${seq}` },
});
const events = (sub: string, ...seqs: number[]): ServerFrame => ({
  type: "events",
  sub,
  chatId: "c",
  events: seqs.map(event),
});

/** Reads until `enough`, and names each thing that came; what comes with every connection only where it is asked for. */
async function read(
  url: string,
  enough: (names: readonly string[]) => boolean,
  withPreferences = false,
): Promise<string[]> {
  const controller = new AbortController();
  const names: string[] = [];
  const endpoint = async () => ({ url, token: "t0ken" });
  for await (const each of watch(io, { endpoint, chatId: "c", after: 0, deltas: true, signal: controller.signal })) {
    if (each.kind !== "preferences" || withPreferences) names.push(nameOf(each));
    if (enough(names)) controller.abort();
  }
  return names;
}

function nameOf(watched: Watched): string {
  if (watched.kind === "event") return String(watched.event.seq);
  return watched.kind === "delta" ? watched.delta.text : watched.kind;
}

test("a lost connection is taken up from the cursor, and what comes twice is given once", async () => {
  const subscriptions: unknown[] = [];
  const url = await serve((peer, frame, connection) => {
    if (frame.type === "hello") peer.send(welcome);
    if (frame.type !== "subscribe") return;
    subscriptions.push([frame.after, frame.epoch]);
    if (connection === 1) {
      peer.send(events(frame.sub, 1, 2));
      peer.close(1012);
    } else {
      peer.send(events(frame.sub, 2, 3));
      peer.send({ type: "live", sub: frame.sub, chatId: "c", seq: 3 });
    }
  });
  expect(await read(url, (names) => names.includes("live"))).toEqual(["1", "2", "lost", "3", "live"]);
  expect(subscriptions).toEqual([
    [0, "e1"],
    [2, "e1"],
  ]);
});

test("what a person prefers is to be asked for with each connection, and when it has changed", async () => {
  const url = await serve((peer, frame, connection) => {
    if (frame.type === "hello") peer.send({ ...welcome, pingMs: 60_000 });
    if (frame.type !== "subscribe") return;
    peer.send({ type: "changed", topic: "chats" });
    if (connection === 1) peer.send({ type: "changed", topic: "preferences" });
    peer.send(events(frame.sub, connection));
    if (connection === 1) peer.close(1012);
  });
  const names = await read(url, (all) => all.includes("2"), true);
  expect(names.slice(0, 5)).toEqual(["preferences", "preferences", "1", "lost", "preferences"]);
});

test("a cut history is read again from its first event, in its own epoch", async () => {
  const subscriptions: unknown[] = [];
  const url = await serve((peer, frame) => {
    if (frame.type === "hello") peer.send(welcome);
    if (frame.type !== "subscribe") return;
    subscriptions.push([frame.after, frame.epoch]);
    if (subscriptions.length === 1) {
      peer.send(events(frame.sub, 1, 2, 3));
      peer.send({ type: "reset", sub: frame.sub, chatId: "c", reason: "epoch", first: 1, last: 1, epoch: "e2" });
      peer.send(events(frame.sub, 4));
    } else {
      peer.send(events(frame.sub, 1));
      peer.send({ type: "live", sub: frame.sub, chatId: "c", seq: 1 });
    }
  });
  // #4 belongs to the subscription that has ended.
  expect(await read(url, (names) => names.includes("live"))).toEqual(["1", "2", "3", "reset", "1", "live"]);
  expect(subscriptions).toEqual([
    [0, "e1"],
    [0, "e2"],
  ]);
});

test("a watcher that two pings in a row show to be behind subscribes again", async () => {
  let subscribed = 0;
  const url = await serve((peer, frame) => {
    if (frame.type === "hello") peer.send(welcome);
    if (frame.type === "pong" && subscribed === 1) peer.send({ type: "ping", heads: { c: 2 } });
    if (frame.type !== "subscribe") return;
    subscribed += 1;
    if (subscribed === 1) {
      peer.send(events(frame.sub, 1));
      peer.send({ type: "ping", heads: { c: 2 } });
    } else {
      expect(frame.after).toBe(1);
      peer.send(events(frame.sub, 2));
    }
  });
  expect(await read(url, (names) => names.includes("2"))).toEqual(["1", "2"]);
});

test("a server that says nothing any more is left and tried again", async () => {
  const url = await serve((peer, frame, connection) => {
    if (frame.type === "hello" && connection === 1) peer.send({ ...welcome, pingMs: 20 });
    if (frame.type === "hello" && connection === 2) peer.send(welcome);
    if (frame.type === "subscribe" && connection === 2) peer.send(events(frame.sub, 1));
  });
  expect(await read(url, (names) => names.includes("1"))).toEqual(["lost", "1"]);
});

test.each([
  { when: "the chat is deleted", frame: { type: "error", code: "not_found", message: "gone" } as const, exit: 5 },
  { when: "the right to read is lost", frame: { type: "error", code: "forbidden", message: "no" } as const, exit: 4 },
])("watching ends with exit $exit when $when", async ({ frame: refusal, exit }) => {
  const url = await serve((peer, frame) => {
    if (frame.type === "hello") peer.send(welcome);
    if (frame.type === "subscribe") peer.send({ ...refusal, sub: frame.sub });
  });
  await expect(read(url, () => false)).rejects.toMatchObject({ exit, name: "Failure" });
});

test("F10: a refused sign-in ends watching with exit 4 and is not tried again", async () => {
  let connections = 0;
  const url = await serve((peer, _frame, connection) => {
    connections = connection;
    peer.close(4401);
  });
  await expect(read(url, () => false)).rejects.toMatchObject({ exit: 4, code: "unauthenticated" });
  expect(connections).toBe(1);
});

test("frames of a kind that a newer server sends are passed over", async () => {
  const url = await serve((peer, frame) => {
    if (frame.type === "hello") peer.send(welcome);
    if (frame.type !== "subscribe") return;
    peer.send(JSON.parse('{"type":"weather","sub":"' + frame.sub + '"}') as ServerFrame);
    peer.send(events(frame.sub, 1));
  });
  expect(await read(url, (names) => names.length > 0)).toEqual(["1"]);
});

test("a reader that is slower than the server gets everything in order", async () => {
  const last = 20_000;
  const url = await serve((peer, frame) => {
    if (frame.type === "hello") peer.send(welcome);
    if (frame.type !== "subscribe") return;
    for (let seq = 1; seq <= last; seq += 1) peer.send(events(frame.sub, seq));
  });
  // On a busy machine it may lose the connection, and take it up again.
  const names = await read(url, (all) => all.at(-1) === String(last));
  expect(names.filter((name) => name !== "lost")).toEqual(Array.from({ length: last }, (_, at) => String(at + 1)));
});
