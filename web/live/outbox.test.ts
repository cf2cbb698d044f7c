import { expect, test } from "vitest";
import { RequestFailure, type Http } from "./http.ts";
import { Outbox } from "./outbox.ts";

type Sent = { path: string; text: string; key: string };
type Answer = "ok" | RequestFailure;

/** A server that answers as told, then well. */
function outboxWith(answers: Answer[], storage: Storage | null = null) {
  const sent: Sent[] = [];
  let keys = 0;
  const http: Http = {
    get: () => Promise.reject(new Error("not asked here")),
    send: (_method, path, body, schema) => {
      sent.push({ path, ...(body as Omit<Sent, "path">) });
      const answer = answers.shift() ?? "ok";
      return answer === "ok" ? Promise.resolve(schema.parse({ seq: sent.length, runId: "r" })) : Promise.reject(answer);
    },
    aheadMs: () => 0,
  };
  const outbox = new Outbox({ http, storage, newKey: () => `k${++keys}`, sleep: () => Promise.resolve() });
  return { outbox, sent };
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const offline = (): RequestFailure => new RequestFailure("offline", "The server cannot be reached");

test("F20: a message that got no answer is sent again with the same key, then counts as sent", async () => {
  const { outbox, sent } = outboxWith([offline(), new RequestFailure("timeout", "late")]);
  outbox.send("c1", "hello");
  await settled();
  expect(sent.map(({ key, text }) => `${key} ${text}`)).toEqual(["k1 hello", "k1 hello", "k1 hello"]);
  expect(outbox.items()).toMatchObject([{ key: "k1", state: "sent", seq: 3 }]);
});

test("F20: a message that cannot be delivered is shown as failed, and a retry sends it with the same key", async () => {
  const { outbox, sent } = outboxWith([offline(), offline(), offline(), offline()]);
  outbox.send("c1", "hello");
  await settled();
  expect(outbox.items()).toMatchObject([{ state: "failed", error: "The server cannot be reached" }]);
  outbox.retry("k1");
  await settled();
  expect(outbox.items()).toMatchObject([{ state: "sent" }]);
  expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(["k1"]));
});

test("a message that was refused is not sent again by itself", async () => {
  const { outbox, sent } = outboxWith([new RequestFailure("too_large", "too large", "Use a file")]);
  outbox.send("c1", "hello");
  await settled();
  expect(sent).toHaveLength(1);
  expect(outbox.items()).toMatchObject([{ state: "failed", error: "too large. Use a file" }]);
});

test("F13: messages of one chat are sent in their order, another chat does not wait for them", async () => {
  const { outbox, sent } = outboxWith([offline()]);
  outbox.send("c1", "one");
  outbox.send("c1", "two");
  outbox.send("c2", "other");
  await settled();
  expect(sent.filter(({ path }) => path.includes("c1")).map(({ text }) => text)).toEqual(["one", "one", "two"]);
  expect(sent.filter(({ path }) => path.includes("c2"))).toHaveLength(1);
});

test("a message leaves when the log has it, by its key or by its place", async () => {
  const { outbox } = outboxWith([]);
  outbox.send("c1", "one");
  outbox.send("c1", "two");
  await settled();
  outbox.arrived("c1", 0, new Set(["k1"]));
  expect(outbox.items()).toMatchObject([{ key: "k2" }]);
  outbox.arrived("c2", 99, new Set());
  expect(outbox.items()).toHaveLength(1);
  outbox.arrived("c1", 2, new Set());
  expect(outbox.items()).toEqual([]);
});

test("after a reload an undelivered message is still there, and sent again with its key", async () => {
  const storage = new MemoryStorage();
  outboxWith([offline(), offline(), offline(), offline()], storage).outbox.send("c1", "hello");
  const { outbox, sent } = outboxWith([], storage);
  await settled();
  expect(sent).toMatchObject([{ key: "k1", text: "hello" }]);
  expect(outbox.items()).toMatchObject([{ state: "sent" }]);
});

class MemoryStorage implements Storage {
  readonly #map = new Map<string, string>();
  get length(): number {
    return this.#map.size;
  }
  clear = (): void => this.#map.clear();
  getItem = (key: string): string | null => this.#map.get(key) ?? null;
  key = (index: number): string | null => [...this.#map.keys()][index] ?? null;
  removeItem = (key: string): void => void this.#map.delete(key);
  setItem = (key: string, value: string): void => void this.#map.set(key, value);
}
