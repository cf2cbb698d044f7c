import { expect, test } from "vitest";
import { RequestFailure, type Http } from "./http.ts";
import { Outbox } from "./outbox.ts";

type Sent = { path: string; text: string; key: string; by: string };
type Answer = "ok" | RequestFailure;

/** A tab of this person's, and a server that answers as told, then well. */
function outboxWith(
  answers: Answer[],
  storage: Storage | null = null,
  person: string | null = "ann",
  signedIn: (string | null)[] = [],
) {
  const sent: Sent[] = [];
  let keys = 0;
  let asked = 0;
  const again = Promise.withResolvers<void>();
  const http: Http = {
    get: () => Promise.reject(new Error("not asked here")),
    send: (_method, path, body, schema) => {
      sent.push({ path, ...(body as Omit<Sent, "path">) });
      const answer = answers.shift() ?? "ok";
      return answer === "ok" ? Promise.resolve(schema.parse({ seq: sent.length, runId: "r" })) : Promise.reject(answer);
    },
    aheadMs: () => 0,
  };
  const outbox = new Outbox({
    http,
    storage,
    newKey: () => `${person === "bob" ? "b" : "k"}${++keys}`,
    sleep: () => Promise.resolve(),
    reachable: () => again.promise,
    askWho: async () => {
      asked += 1;
      return signedIn.shift() ?? null;
    },
  });
  if (person !== null) outbox.belongTo(person);
  return { outbox, sent, isBack: () => again.resolve(), asked: () => asked };
}
const taken = (why: string): RequestFailure => new RequestFailure("conflict", why, "upload it again");
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const offline = (): RequestFailure => new RequestFailure("offline", "The server cannot be reached");
const broken = (): RequestFailure => new RequestFailure("internal", "something went wrong");

test("F20: a message that got no answer is sent again with the same key, then counts as sent", async () => {
  const { outbox, sent, isBack } = outboxWith([offline(), new RequestFailure("timeout", "late")]);
  outbox.send("c1", "hello");
  isBack();
  await settled();
  expect(sent.map(({ key, text }) => `${key} ${text}`)).toEqual(["k1 hello", "k1 hello", "k1 hello"]);
  expect(outbox.items()).toMatchObject([{ key: "k1", state: "sent", seq: 3 }]);
});

test("a message waits while nobody is signed in, and is sent once its writer is back", async () => {
  const { outbox, sent, isBack } = outboxWith([new RequestFailure("unauthenticated", "nobody is signed in")]);
  outbox.send("c1", "hello");
  await settled();
  expect(outbox.items()).toMatchObject([{ state: "sending" }]);
  isBack();
  await settled();
  expect(sent.map(({ key, by }) => `${key} ${by}`)).toEqual(["k1 ann", "k1 ann"]);
  expect(outbox.items()).toMatchObject([{ state: "sent" }]);
});

test("F20: a message waits without a connection however long, and is sent once when it is back", async () => {
  const { outbox, sent, isBack } = outboxWith([offline()]);
  outbox.send("c1", "hello");
  outbox.send("c1", "again");
  await settled();
  expect(sent).toHaveLength(1);
  expect(outbox.items()).toMatchObject([{ state: "sending" }, { state: "sending" }]);
  isBack();
  await settled();
  expect(sent.map(({ key }) => key)).toEqual(["k1", "k1", "k2"]);
  expect(outbox.items()).toMatchObject([{ state: "sent" }, { state: "sent" }]);
});

test("a message that is thrown away while it waits is not sent", async () => {
  const { outbox, sent, isBack } = outboxWith([offline()]);
  outbox.send("c1", "hello");
  outbox.send("c1", "again");
  await settled();
  outbox.discard("k1");
  isBack();
  await settled();
  expect(sent.map(({ key }) => key)).toEqual(["k1", "k2"]);
  expect(outbox.items()).toMatchObject([{ key: "k2", state: "sent" }]);
});

test("F20: a message that cannot be delivered is shown as failed, and a retry sends it with the same key", async () => {
  const { outbox, sent } = outboxWith([broken(), broken(), broken(), broken()]);
  outbox.send("c1", "hello");
  await settled();
  expect(outbox.items()).toMatchObject([{ state: "failed", error: "something went wrong" }]);
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
  const { outbox, sent, isBack } = outboxWith([offline()]);
  outbox.send("c1", "one");
  outbox.send("c1", "two");
  outbox.send("c2", "other");
  await settled();
  isBack();
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

test("after a reload messages go out in the order in which they were written, however the storage lists them", async () => {
  const storage = new MemoryStorage();
  const { outbox } = outboxWith([offline()], storage);
  for (const text of ["first", "second", "third"]) outbox.send("c1", text);
  storage.isTurned = true;
  const { sent } = outboxWith([], storage);
  await settled();
  expect(sent.map(({ text }) => text)).toEqual(["first", "second", "third"]);
});

test("what one person could not send is neither shown to the next one at this browser nor sent by them", async () => {
  const storage = new MemoryStorage();
  outboxWith([offline()], storage, "ann").outbox.send("c1", "from Ann");
  const next = outboxWith([], storage, "bob");
  next.outbox.send("c1", "from Bob");
  await settled();
  expect(next.sent.map(({ text, by }) => `${by}: ${text}`)).toEqual(["bob: from Bob"]);
  expect(next.outbox.items()).toMatchObject([{ text: "from Bob" }]);
  const back = outboxWith([], storage, "ann");
  await settled();
  expect(back.sent).toMatchObject([{ text: "from Ann", by: "ann", key: "k1" }]);
});

test("a tab that does not know yet that somebody else has signed in sends nothing for them: it asks, and keeps the message", async () => {
  const storage = new MemoryStorage();
  const { outbox, sent, asked } = outboxWith([taken("you are signed in as bob")], storage, "ann", ["bob"]);
  outbox.send("c1", "from Ann");
  await settled();
  expect([sent.length, asked(), outbox.items().length]).toEqual([1, 1, 0]);
  const back = outboxWith([], storage, "ann");
  await settled();
  expect(back.sent).toMatchObject([{ text: "from Ann" }]);
});

test("what is refused for another reason than who is signed in is told, with what to do", async () => {
  const why = '"notes.txt" has been sent with another message already';
  const { outbox, sent, asked } = outboxWith([taken(why), taken(why)], null, "ann", ["ann", "ann"]);
  outbox.send("c1", "look");
  await expect.poll(() => outbox.items()).toMatchObject([{ state: "failed", error: `${why}. upload it again` }]);
  expect([sent.length, asked()]).toEqual([2, 2]);
});

test("where its writer has come back meanwhile, or nobody can say who is signed in, a message goes on its way", async () => {
  const answers = [taken("you are signed in as bob"), taken("you are signed in as bob")];
  const { outbox, sent, isBack } = outboxWith(answers, null, "ann", [null, "ann"]);
  outbox.send("c1", "look");
  await expect.poll(() => sent.length).toBe(1);
  isBack();
  await expect.poll(() => outbox.items()).toMatchObject([{ state: "sent" }]);
  expect(sent.length).toBe(3);
});

test("nothing is taken before it is known who writes", () => {
  const { outbox } = outboxWith([], null, null);
  expect(() => outbox.send("c1", "hello")).toThrow("You are signed out");
  expect(outbox.items()).toEqual([]);
});

test("a message that was thrown away in one tab does not come back by another, whether that hears of it or not", async () => {
  const storage = new MemoryStorage();
  const one = outboxWith([offline()], storage);
  one.outbox.send("c1", "first");
  one.outbox.send("c1", "second");
  const [deaf, other] = [outboxWith([offline()], storage), outboxWith([offline()], storage)];
  await settled();
  one.outbox.discard("k1");
  other.outbox.storedElsewhere("sparky.outbox.k1");
  other.outbox.storedElsewhere("sparky.draft.ann.c1");
  expect(other.outbox.items()).toMatchObject([{ text: "second" }]);
  for (const tab of [deaf, other]) tab.isBack();
  await settled();
  for (const { sent, outbox } of [deaf, other]) {
    // The first try of the first one was under way when it was thrown away.
    expect(sent.slice(1).map(({ text }) => text)).toEqual(["second"]);
    expect(outbox.items()).toMatchObject([{ text: "second", state: "sent" }]);
  }
  expect(outboxWith([], storage).outbox.items()).toEqual([]);
});

test("what an earlier version kept is shown to who signs in first, and goes out only when they say so", async () => {
  const storage = new MemoryStorage();
  storage.setItem(
    "sparky.outbox.k9",
    JSON.stringify({ chatId: "c1", key: "k9", text: "old", order: 3, state: "sending" }),
  );
  const { outbox, sent } = outboxWith([], storage, "ann");
  await settled();
  expect(sent).toEqual([]);
  expect(outbox.items()).toMatchObject([{ text: "old", by: "ann", state: "failed" }]);
  expect(outboxWith([], storage, "bob").outbox.items()).toEqual([]);
  outbox.retry("k9");
  await settled();
  expect(sent).toMatchObject([{ text: "old", by: "ann" }]);
  expect(outbox.items()).toMatchObject([{ state: "sent", error: undefined }]);
});

class MemoryStorage implements Storage {
  readonly #map = new Map<string, string>();
  /** Lists what it holds the other way round. */
  isTurned = false;
  get length(): number {
    return this.#map.size;
  }
  clear = (): void => this.#map.clear();
  getItem = (key: string): string | null => this.#map.get(key) ?? null;
  key = (index: number): string | null => [...this.#map.keys()].at(this.isTurned ? -1 - index : index) ?? null;
  removeItem = (key: string): void => void this.#map.delete(key);
  setItem = (key: string, value: string): void => void this.#map.set(key, value);
}
