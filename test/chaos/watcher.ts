import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import type { ChatEvent } from "../../src/core/events.ts";
import { applyDelta, closeParts, noOpenParts, type OpenParts } from "../../src/core/open-parts.ts";
import { serverFrameSchema, type ClientFrame, type ServerFrame } from "../../src/wire/frames.ts";
import type { ChaosNode } from "./node.ts";

const AGAIN_MS = 100;

/**
 * Watches every chat by one node, through all that befalls it: comes back with its cursors, and says so when what it is sent is
 * not what comes next.
 */
export class Watcher {
  readonly name: string;
  readonly node: ChaosNode;
  readonly events = new Map<string, ChatEvent[]>();
  readonly parts = new Map<string, OpenParts>();
  /** What must not be, in words. */
  readonly wrong: string[] = [];
  connections = 0;
  deltas = 0;
  /** How often it was told that the list of tasks may be another. */
  newsOfTasks = 0;
  readonly #chats: ReadonlySet<string>;
  readonly #behind = new Map<string, number>();
  #epoch = "";
  #socket: WebSocket | null = null;
  /** Each chat's subscription: frames of an older one are not meant for it any more. */
  #subscriptions = new Map<string, string>();
  #count = 0;
  #welcomed = false;
  #stopped = false;
  #kept: Promise<void> = Promise.resolve();

  constructor(node: ChaosNode, chats: ReadonlySet<string>) {
    this.name = `watcher of ${node.name}`;
    this.node = node;
    this.#chats = chats;
  }

  start(): void {
    this.#kept = this.#keepOn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#socket?.terminate();
    await this.#kept;
  }

  /** How far it has come. */
  head(chatId: string): number {
    return this.events.get(chatId)?.length ?? 0;
  }

  async #keepOn(): Promise<void> {
    for (; !this.#stopped; await wait(AGAIN_MS)) if (this.node.url !== null) await this.#once(this.node.url);
  }

  /** One connection, until it ends. */
  async #once(url: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.node.token}` };
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, { headers, handshakeTimeout: 5000 });
    this.#socket = socket;
    this.#subscriptions = new Map();
    this.#welcomed = false;
    this.parts.clear();
    socket.on("error", () => {});
    socket.on("open", () => this.#send({ type: "hello", v: 1 }));
    socket.on("message", (data) => this.#take(serverFrameSchema.parse(JSON.parse(data.toString()))));
    // Chats come while it is connected, and a node that is gone without a word is one that is not there any more.
    const look = setInterval(() => {
      if (this.node.url !== url) socket.terminate();
      if (this.#welcomed) this.#subscribe();
    }, AGAIN_MS);
    const code = await new Promise<number>((resolve) => socket.once("close", resolve));
    clearInterval(look);
    if (![1000, 1001, 1005, 1006, 1012, 1013, 1011].includes(code)) this.wrong.push(`was closed with ${code}`);
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #subscribe(): void {
    for (const chatId of this.#chats) {
      if (this.#subscriptions.has(chatId)) continue;
      const sub = `${this.#count++}`;
      this.#subscriptions.set(chatId, sub);
      this.#send({ type: "subscribe", sub, chatId, after: this.head(chatId), epoch: this.#epoch, deltas: true });
    }
  }

  #take(frame: ServerFrame): void {
    if ("chatId" in frame && this.#subscriptions.get(frame.chatId) !== frame.sub) return;
    switch (frame.type) {
      case "welcome":
        if (this.#epoch !== "" && this.#epoch !== frame.epoch) this.wrong.push(`another epoch: ${frame.epoch}`);
        this.#epoch = frame.epoch;
        this.connections++;
        this.#welcomed = true;
        this.newsOfTasks++;
        return this.#subscribe();
      case "events":
        this.#behind.delete(frame.chatId);
        return frame.events.forEach((event) => this.#add(event));
      case "delta":
        this.deltas++;
        return void this.parts.set(frame.chatId, applyDelta(this.parts.get(frame.chatId) ?? noOpenParts, frame));
      case "changed":
        if (frame.topic === "tasks") this.newsOfTasks++;
        return;
      case "ping":
        this.#send({ type: "pong" });
        return this.#compare(frame.heads);
      case "reset":
        return void this.wrong.push(`was told to begin anew with ${frame.chatId}: ${frame.reason}`);
      case "error":
        // The database may be away: then it asks once more.
        if (frame.code !== "unavailable")
          this.wrong.push(`was refused ${frame.sub ?? ""}: ${frame.code} ${frame.message}`);
        return this.#drop(frame.sub);
      default:
    }
  }

  #add(event: ChatEvent): void {
    const seen = this.events.get(event.chatId) ?? [];
    if (event.seq !== seen.length + 1) this.wrong.push(`was sent ${event.chatId} ${event.seq} after ${seen.length}`);
    seen.push(event);
    this.events.set(event.chatId, seen);
    this.parts.set(event.chatId, closeParts(this.parts.get(event.chatId) ?? noOpenParts, event));
  }

  /** Who is behind on two pings in a row, with no event between, subscribes again. */
  #compare(heads: { readonly [chatId: string]: number }): void {
    for (const [chatId, head] of Object.entries(heads)) {
      const times = head > this.head(chatId) ? (this.#behind.get(chatId) ?? 0) + 1 : 0;
      this.#behind.set(chatId, times);
      if (times >= 2) this.#subscriptions.delete(chatId);
    }
  }

  #drop(sub: string | undefined): void {
    for (const [chatId, own] of this.#subscriptions) if (own === sub) this.#subscriptions.delete(chatId);
  }
}
