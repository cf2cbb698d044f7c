import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Log } from "../../src/core/log.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import type { Store } from "../../src/store/database/store.ts";
import { MAX_FRAME_BYTES, MAX_SUBSCRIPTIONS } from "../../src/wire/limits.ts";
import { chatServer, type ChatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { extent } from "../kit/extent.ts";
import { socketClient, type SocketClient } from "../kit/socket-client.ts";
import { until } from "../kit/worker.ts";
import { badBytes, badRequest, sendBytes, targetsOf } from "./bad-requests.ts";
import { badFrame, chanceOf, isFrame } from "./bad-values.ts";

// Whatever is sent, it gets an answer that says so; nobody else notices, nothing grows, and nothing is logged as our fault.

const FRAMES = Math.ceil(extent.fuzz * 0.6);
const REQUESTS = Math.ceil(extent.fuzz * 0.36);
const BYTES = extent.fuzz - FRAMES - REQUESTS;
const PATIENCE_MS = 60_000 + extent.fuzz * 10;
/** What may stay in use after it all: no more than a few caches. */
const GROWTH_BYTES = 24 * 2 ** 20;

interface Scene {
  readonly store: Store;
  readonly chats: ChatServer;
  readonly chatId: string;
  readonly url: string;
  readonly token: string;
  /** What was logged as a warning or an error: the server's own failures. */
  readonly faults: unknown[];
}

async function scene(): Promise<Scene> {
  const faults: unknown[] = [];
  const quiet = (): void => {};
  const fault = (details: object, message: string): void => void faults.push({ message, ...details });
  const log: Log = { debug: quiet, info: quiet, warn: fault, error: fault };
  const store = await sqlite.store();
  const chats = await chatServer(store, { log });
  const { chat } = await createChat(store, chats.people.ann, {});
  return {
    store,
    chats,
    chatId: chat.id,
    url: await chats.listen(),
    token: await chats.token(chats.people.ann),
    faults,
  };
}

async function connected({ url, token }: Scene): Promise<SocketClient> {
  // How long others wait is what `bystander` looks at.
  const client = await socketClient(url, {}, 60_000);
  client.send({ type: "hello", v: 1, token });
  await client.first("welcome");
  return client;
}

/** A chat that somebody else watches while the noise goes on: each of its events once, and soon. */
async function bystander(at: Scene): Promise<{ checked(): Promise<void> }> {
  const { store, chats } = at;
  const { chat } = await createChat(store, chats.people.bob, {});
  const client = await connected({ ...at, token: await chats.token(chats.people.bob) });
  client.send({ type: "subscribe", sub: "b", chatId: chat.id, after: 0 });
  await client.first("live");
  const waits: number[] = [];
  const actor = { kind: "system", id: "x", name: "x" } as const;
  const say = async (): Promise<void> => {
    const started = performance.now();
    const event = { type: "error", data: { code: "x", message: "x", retryable: false } } as const;
    const placed = { ...event, runId: null, taskId: null, step: null, actor };
    const [added] = await store.append({ chatId: chat.id, events: [placed] });
    await client.first("events", ({ events }) => events.some(({ seq }) => seq === added?.seq));
    waits.push(performance.now() - started);
  };
  let over = false;
  const talking = (async () => {
    while (!over) {
      await say();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })().then(
    () => null,
    (error: unknown) => error,
  );
  onTestFinished(async () => {
    over = true;
    await talking;
  });
  return {
    async checked() {
      over = true;
      expect(await talking).toBe(null);
      expect(client.seqs(chat.id)).toEqual(Array.from({ length: waits.length + 1 }, (_, index) => index + 1));
      expect(waits.length).toBeGreaterThan(3);
      expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(1000);
      client.socket.close();
    },
  };
}

let collect: () => void = () => {};
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as () => void;
});
afterAll(() => setFlagsFromString("--no-expose-gc"));

/** Bytes in use on the heap and beside it, when all is let go that can be. */
async function inUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function expectNoGrowth(before: number): Promise<void> {
  const after = await inUse();
  const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  if (extent.all) console.info(`memory in use: ${mb(before)} MB before, ${mb(after)} MB after`);
  expect(after - before).toBeLessThan(GROWTH_BYTES);
}

/** Does it `times` times, some at once, and compares the memory in use after the first fifth with that at the end. */
async function noise(times: number, lanes: number, once: (n: number) => Promise<void>): Promise<void> {
  let n = 0;
  const until = (end: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: lanes }, async () => {
        while (n < end) await once(n++);
      }),
    );
  await until(Math.ceil(times / 5));
  const before = await inUse();
  await until(times);
  await expectNoGrowth(before);
}

test(
  `${FRAMES} bad frames each get an answer, on a socket that goes on working, and disturb nobody`,
  async () => {
    const at = await scene();
    const other = await bystander(at);
    const chance = chanceOf(extent.seed);
    let client = await connected(at);
    let refused = 0;
    await noise(FRAMES, 1, async (n) => {
      const frame = badFrame(chance, at.chatId);
      client.send(typeof frame === "string" ? frame : Buffer.from(frame));
      if (frame.length > MAX_FRAME_BYTES) {
        expect(await client.closed).toBe(1009);
        client = await connected(at);
        return;
      }
      // Frames are answered in their order: what comes before the answer to this one answers that one.
      client.send({ type: "stop", ref: `after ${n}`, chatId: at.chatId });
      await client.first("ack", ({ ref }) => ref === `after ${n}`);
      const errors = client.frames.filter(({ type }) => type === "error").length;
      if (!isFrame(frame)) {
        const shown = typeof frame === "string" ? frame.slice(0, 300) : frame.slice(0, 20);
        expect(errors, `seed ${extent.seed}, frame ${n}: ${String(shown)}`).toBeGreaterThan(0);
        refused++;
      }
      expect(client.frames.filter((each) => each.type === "error" && each.code === "internal")).toEqual([]);
      client.frames.length = 0;
    });
    expect(refused).toBeGreaterThan(FRAMES * 0.6);
    await other.checked();
    expect(at.faults).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  `${REQUESTS} bad requests each get a status that blames the request, and disturb nobody`,
  async () => {
    const at = await scene();
    const other = await bystander(at);
    const chance = chanceOf(extent.seed + 1);
    const document = (await (await fetch(`${at.url}/openapi.json`)).json()) as Parameters<typeof targetsOf>[0];
    const targets = targetsOf(document) as Parameters<typeof badRequest>[1];
    expect(targets.length).toBeGreaterThan(20);
    const task = await at.chats.as(at.chats.people.ann, "POST", "/api/tasks", { instruction: "x" });
    const ids = [at.chatId, String(task.body.id)] as const;
    const seen = new Map<number, number>();
    await noise(REQUESTS, 4, async (n) => {
      const { method, path, body } = badRequest(chance, targets, ids);
      if (method === "DELETE" && ids.some((id) => path.includes(id))) return;
      const headers = { authorization: `Bearer ${at.token}`, connection: "close" };
      const { status } = await fetch(at.url + path, { method, headers, body: body as BodyInit | null });
      seen.set(status, (seen.get(status) ?? 0) + 1);
      expect(status, `seed ${extent.seed}, request ${n}: ${method} ${path} ${String(body).slice(0, 300)}`).toBeLessThan(
        500,
      );
    });
    const refused = [...seen].reduce((sum, [status, times]) => sum + (status >= 400 ? times : 0), 0);
    expect(refused).toBeGreaterThan(REQUESTS / 2);
    for (const status of [400, 404]) expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
    await other.checked();
    expect(at.faults).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  `${BYTES} connections that speak no HTTP, or half of it, or half a frame, disturb nobody`,
  async () => {
    const at = await scene();
    const other = await bystander(at);
    const chance = chanceOf(extent.seed + 2);
    const port = Number(new URL(at.url).port);
    let answered = 0;
    await noise(BYTES, 4, async (n) => {
      const bytes = badBytes(chance);
      const answer = await sendBytes(port, bytes, 60);
      if (answer === "") return;
      answered++;
      expect(answer, `seed ${extent.seed}, bytes ${n}: ${Buffer.from(bytes).toString("latin1").slice(0, 200)}`).toMatch(
        /^HTTP\/1\.[01] (101|2\d\d|3\d\d|4\d\d|503)/,
      );
    });
    expect(answered).toBeGreaterThan(BYTES / 3);
    await other.checked();
    expect(at.faults).toEqual([]);
  },
  PATIENCE_MS,
);

/** Of four sockets two subscribe without end, and two take back what they have subscribed to. */
const SOCKETS = ["keeps", "keeps", "takes back", "takes back"] as const;
const SUBSCRIPTIONS = extent.all ? 1_000_000 : 20_000;
const PAGE = 200;

test(
  `${SUBSCRIPTIONS} subscriptions and their ends over ${SOCKETS.length} sockets: each is held to its limit and told so, and nothing is left`,
  async () => {
    const at = await scene();
    const { store, chats } = at;
    const ids: string[] = [];
    for (let i = 0; i < MAX_SUBSCRIPTIONS + 50; i++) ids.push((await createChat(store, chats.people.ann, {})).chat.id);
    const other = await bystander(at);
    const watched = store.hub.watchedChats();
    const before = await inUse();
    let frames = 0;
    const seen = await Promise.all(
      SOCKETS.map(async (habit) => {
        const client = await connected(at);
        const errors = { too_large: 0, not_found: 0 };
        let live = 0;
        const page = (n: number): void => {
          for (let i = n; i < n + PAGE; i++) {
            const chatId = i % 4 === 0 ? `none-${i}` : ids[i % ids.length];
            const ends = habit === "takes back" && i % 2 === 1; // what the page before began
            client.send(
              ends
                ? { type: "unsubscribe", sub: `s${i - 1 - PAGE}` }
                : { type: "subscribe", sub: `s${i}`, chatId, after: 0 },
            );
          }
          client.send({ type: "stop", ref: `page ${n}`, chatId: at.chatId });
        };
        for (let n = 0; frames < SUBSCRIPTIONS; n += PAGE) {
          frames += PAGE;
          page(n);
          await client.first("ack", ({ ref }) => ref === `page ${n}`);
          for (const frame of client.frames) {
            if (frame.type === "live") live++;
            if (frame.type !== "error") continue;
            expect(Object.keys(errors)).toContain(frame.code);
            errors[frame.code as keyof typeof errors]++;
          }
          client.frames.length = 0;
        }
        client.socket.terminate();
        await client.closed;
        return { habit, ...errors, live };
      }),
    );
    for (const { habit, too_large, not_found, live } of seen) {
      // Who gives back has always room; who does not comes to the end of it.
      if (habit === "keeps") expect(too_large).toBeGreaterThan(0);
      else expect(too_large).toBe(0);
      expect(Math.min(not_found, live)).toBeGreaterThan(0);
    }
    await until("the last watchers to be gone", () => store.hub.watchedChats().length === watched.length);
    expect(store.hub.watchedChats()).toEqual(watched);
    await expectNoGrowth(before);
    await other.checked();
    expect(at.faults).toEqual([]);
  },
  120_000 + (extent.all ? 900_000 : 0),
);
