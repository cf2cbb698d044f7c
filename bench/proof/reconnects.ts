import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { WebSocket } from "ws";
import { foldChat } from "../../src/core/chat-view.ts";
import { chatEventSchema, type ChatEvent } from "../../src/core/events.ts";
import { benchHome, call, freePort, startSparky, type BenchHome } from "../kit/server.ts";
import type { Seen } from "./seen.ts";

const WATCHERS = 20;
const TASKS = 50;
const PATIENCE_MS = 180_000;
const INSTRUCTION = "Check knowledge graph stats, then list the files, then tell the time";

interface Task {
  readonly id: string;
  readonly chatId: string;
  readonly status: string;
}

/** Watchers of fifty tasks lose their connection at random moments, and come back with their cursors. */
export async function reconnects(times: number): Promise<Seen[]> {
  await using home = await benchHome();
  await using server = await startSparky(home, await freePort(), ["--agent-loop"]);
  const tasks = await Promise.all(
    Array.from({ length: TASKS }, () =>
      call<Task>(home, `${server.url}/api/tasks`, "POST", { instruction: INSTRUCTION }),
    ),
  );
  const chats = tasks.map(({ chatId }) => chatId);
  const watchers = Array.from({ length: WATCHERS }, () => new Watcher(server.url, home, chats));
  let left = times;
  const deadline = performance.now() + PATIENCE_MS;
  await Promise.all(
    watchers.map(async (watcher) => {
      while (left-- > 0) {
        await watcher.connect();
        await pause(Math.random() * 400);
        watcher.cut();
      }
      await watcher.connect();
    }),
  );
  const ended = async (): Promise<boolean> => {
    const { items } = await call<{ items: readonly Task[] }>(home, `${server.url}/api/tasks?limit=100`, "GET");
    return items.every(({ status }) => status === "completed" || status === "failed");
  };
  while (!(await ended()) && performance.now() < deadline) await pause(200);
  const logs = new Map<string, readonly ChatEvent[]>();
  for (const chatId of chats) {
    const page = `${server.url}/api/chats/${chatId}/events?after=0&limit=500`;
    logs.set(chatId, (await call<{ events: readonly ChatEvent[] }>(home, page, "GET")).events);
  }
  const whole = (): boolean =>
    watchers.every(({ seen }) => chats.every((id) => (seen.get(id)?.length ?? 0) >= (logs.get(id)?.length ?? 0)));
  while (!whole() && performance.now() < deadline) await pause(50);
  for (const watcher of watchers) watcher.cut();
  return [verdict(times, watchers, logs)];
}

function verdict(times: number, watchers: readonly Watcher[], logs: ReadonlyMap<string, readonly ChatEvent[]>): Seen {
  const wrong = { gaps: 0, doubled: 0, reordered: 0, folds: 0 };
  let events = 0;
  for (const { seen } of watchers) {
    for (const [chatId, log] of logs) {
      const got = seen.get(chatId) ?? [];
      events += got.length;
      const seqs = got.map(({ seq }) => seq);
      wrong.doubled += seqs.length - new Set(seqs).size;
      wrong.gaps += log.filter(({ seq }) => !seqs.includes(seq)).length;
      wrong.reordered += seqs.filter((seq, i) => i > 0 && seq < (seqs[i - 1] ?? 0)).length;
      if (!isDeepStrictEqual(foldChat(got), foldChat(log))) wrong.folds++;
    }
  }
  const { gaps, doubled, reordered, folds } = wrong;
  return {
    what: `${times} reconnects of ${WATCHERS} watchers over ${TASKS} tasks`,
    saw: `${events.toLocaleString("en")} events: ${gaps} missed, ${doubled} doubled, ${reordered} out of order, ${folds} folds differ`,
    holds: gaps + doubled + reordered + folds === 0 && events > WATCHERS * TASKS * 10,
  };
}

class Watcher {
  readonly seen = new Map<string, ChatEvent[]>();
  readonly #url: string;
  readonly #token: string;
  readonly #chats: readonly string[];
  #socket: WebSocket | undefined;
  #epoch = "";

  constructor(url: string, home: BenchHome, chats: readonly string[]) {
    this.#url = url;
    this.#token = readFileSync(join(home.path, "token"), "utf8").trim();
    this.#chats = chats;
  }

  async connect(): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace("http", "ws")}/ws`, { perMessageDeflate: false });
    this.#socket = socket;
    // What is still in the pipe of a connection that was cut belongs to nobody.
    socket.on("message", (data) => socket === this.#socket && this.#take(socket, (data as Buffer).toString("utf8")));
    socket.on("error", () => {});
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "hello", v: 1, token: this.#token }));
  }

  cut(): void {
    this.#socket?.terminate();
    this.#socket = undefined;
  }

  #take(socket: WebSocket, text: string): void {
    const frame = JSON.parse(text) as { type: string; epoch?: string; chatId?: string; events?: readonly unknown[] };
    if (frame.type === "welcome") {
      this.#epoch = frame.epoch ?? "";
      for (const chatId of this.#chats) {
        const after = this.seen.get(chatId)?.at(-1)?.seq ?? 0;
        socket.send(JSON.stringify({ type: "subscribe", sub: chatId, chatId, after, epoch: this.#epoch }));
      }
    }
    if (frame.type !== "events" || frame.chatId === undefined) return;
    const seen = this.seen.get(frame.chatId) ?? [];
    for (const event of frame.events ?? []) seen.push(chatEventSchema.parse(event));
    this.seen.set(frame.chatId, seen);
  }
}
