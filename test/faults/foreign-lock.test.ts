import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { NewEvent } from "../../src/core/events.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import type { Store } from "../../src/store/database/store.ts";
import { openData } from "../../src/store/home/data.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { createLoginLink } from "../../src/server/sign-in/login-link.ts";
import { Sparky } from "../e2e/sparky-process.ts";
import { startAgent, story } from "../kit/agent.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { say, scriptedModel } from "../kit/scripted-model.ts";
import { socketClient } from "../kit/socket-client.ts";
import { tempHome } from "../kit/temp-home.ts";
import { ended } from "../kit/worker.ts";
import { foreignLock } from "./foreign-lock.ts";

// A real second process takes SQLite's locks on the file that a server uses.

const words = (text: string): NewEvent => ({
  type: "message",
  data: { role: "assistant", text },
  runId: null,
  taskId: null,
  step: null,
  actor: { kind: "agent", id: "agent", name: "agent" },
});

async function scene(patienceMs?: number) {
  const place = await sqlite.place();
  const file = place.kind === "sqlite" ? place.file : "";
  const store = await sqlite.open(place, patienceMs === undefined ? {} : { patienceMs });
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, {});
  return { place, file, store, owner, chat, append: (text: string) => append(store, chat.id, text) };
}

const append = (store: Store, chatId: string, text: string): Promise<unknown> =>
  store.append({ chatId, events: [words(text)] });

/** Each way in which something is written. */
function writes({ store, owner, chat, append }: Awaited<ReturnType<typeof scene>>): Promise<unknown>[] {
  return [
    append("in a group"),
    createChat(store, owner, { title: "in a transaction" }),
    store.db.updateTable("chats").set({ title: "in a statement of its own" }).where("id", "=", chat.id).execute(),
    createLoginLink(store, owner, "http://127.0.0.1"),
  ];
}

test.each(["a write lock", "an exclusive lock"] as const)(
  "F76: while another program holds %s writes wait, and reads, /health and sockets go on",
  async (hold) => {
    const here = await scene(60_000);
    const { store, chat, file } = here;
    const { as, people, listen, token } = await chatServer(store);
    const url = await listen();
    const socket = await socketClient(url, { headers: { authorization: `Bearer ${await token(people.owner)}` } });
    socket.send({ type: "hello", v: 1 });
    await socket.first("welcome");
    const lock = await foreignLock(file, hold);

    const done: number[] = [];
    const waiting = writes(here).map((write, i) => write.then(() => done.push(i)));
    expect((await fetch(`${url}/health`, { headers: { connection: "close" } })).status).toBe(200);
    expect((await as(people.owner, "GET", "/api/chats")).body.items).toHaveLength(1);
    expect((await as(people.owner, "GET", `/api/chats/${chat.id}/events`)).body.events).toHaveLength(1);
    socket.send({ type: "subscribe", sub: "s", chatId: chat.id, after: 0, epoch: store.epoch });
    await socket.first("live");
    // Timers as well.
    for (let i = 0; i < 20; i++) await wait(1);
    expect(done).toEqual([]);
    // Whoever comes later waits too, and shares the commit.
    waiting.push(here.append("later").then(() => done.push(waiting.length)));

    await lock.release();
    await Promise.all(waiting);
    expect(done).toHaveLength(5);
    await socket.first("events", ({ events }) => events.some(({ seq }) => seq === 3));
    expect(socket.seqs(chat.id)).toEqual([1, 2, 3]);
  },
);

test("F76: after its patience a write says who is in the way, in every way of writing, and works again when the way is free", async () => {
  const here = await scene(200);
  const { as, people, logged } = await chatServer(here.store);
  const lock = await foreignLock(here.file, "a write lock");
  const refusals = await Promise.allSettled(writes(here));
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({
      status: "rejected",
      reason: {
        code: "unavailable",
        message: expect.stringMatching(`^process ${lock.pid} \\(.+\\) keeps ${here.file}`),
      },
    });
  }
  const { status, body } = await as(people.owner, "POST", `/api/chats/${here.chat.id}/messages`, { text: "hello" });
  expect({ status, ...body.error }).toMatchObject({
    status: 503,
    code: "unavailable",
    message: expect.stringContaining(String(lock.pid)),
    hint: expect.stringContaining("wait for it"),
  });
  expect(logged.filter(({ level }) => level === "error").length).toBeLessThan(2);
  // Nothing of it was done in part.
  expect(await readEvents(here.store.db, here.chat.id)).toHaveLength(1);
  await lock.release();
  await Promise.all(writes(here));
});

test("F76: a lock that comes and goes keeps nobody out for good", async () => {
  const here = await scene();
  const lock = await foreignLock(here.file, "a lock that comes and goes");
  for (let i = 0; i < 5; i++) await Promise.all([...writes(here), here.append(`${i}`)]);
  await lock.release();
  const texts = (await readEvents(here.store.db, here.chat.id)).flatMap(({ data }) =>
    "text" in data ? data.text : [],
  );
  expect(texts.filter((text) => text !== "in a group")).toEqual(["0", "1", "2", "3", "4"]);
});

test("F76: another program that reads for long, and so keeps the log of writes from being taken in, hinders nobody", async () => {
  const { place, store, file, chat, append } = await scene(0);
  const lock = await foreignLock(file, "a read");
  for (let i = 0; i < 50; i++) await append("x".repeat(30_000));
  await store[Symbol.asyncDispose]();
  const again = await sqlite.open(place, { patienceMs: 0 });
  await again.append({ chatId: chat.id, events: [words("again")] });
  expect(await readEvents(again.db, chat.id)).toHaveLength(52);
  await lock.release();
});

test.each(["a write lock", "an exclusive lock", "the file alone"] as const)(
  "F76: a start beside %s of another program waits for it, or says whose it is",
  async (hold) => {
    const { place, store, file } = await scene();
    await store[Symbol.asyncDispose]();
    const lock = await foreignLock(file, hold);
    await expect(sqlite.open(place, { patienceMs: 50 })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(`process ${lock.pid} `),
    });
    let open = false;
    const opening = sqlite.open(place).then((opened) => ((open = true), ensureUsers(opened)));
    for (let i = 0; i < 20; i++) await wait(1);
    expect(open).toBe(false);
    await lock.release();
    await opening;
  },
);

test("F76: a run goes on by itself after another program held the lock for longer than it is waited for", async () => {
  const { store, owner, file } = await scene(50);
  const model = scriptedModel([[say("It is done.")]]);
  const { task } = await addTask(store, owner, { instruction: "x" });
  const lock = await foreignLock(file, "a write lock");
  const agent = await startAgent(store, { model, pollMs: 100 });
  while (agent.errors.length < 3) await wait(10);
  await lock.release();
  const run = await ended(store, task.runId);
  expect(await story(store, run.chat_id)).toContain("completed");
});

test("F76: a store that is closed waits for nobody's lock, and what still waited is refused", async () => {
  const here = await scene();
  const lock = await foreignLock(here.file, "a write lock");
  const waiting = Promise.allSettled(writes(here));
  await wait(20);
  await here.store[Symbol.asyncDispose]();
  for (const write of await waiting)
    expect(write).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
  await lock.release();
});

test("F76: a server that is stopped while another program holds the lock stops in order", async () => {
  await using sparky = await Sparky.start({ SPARKY_ENABLE_AGENT_LOOP: "true" });
  const lock = await foreignLock(join(sparky.home, "sparky.db"), "a write lock");
  const adding = sparky.api("POST", "/api/tasks", { instruction: "Say hello." }).catch(() => null);
  await wait(100);
  await sparky.kill("SIGTERM");
  // Not by its own guard, which ends a process that does not stop with 1.
  expect(await sparky.ended()).toBe(0);
  expect(existsSync(join(sparky.home, "server.json"))).toBe(false);
  await adding;
  await lock.release();
});

test("F76: a home is verified and backed up beside another program's lock; a restore waits for it", async () => {
  const home = await tempHome();
  const file = join(home, "sparky.db");
  const store = await sqlite.open({ kind: "sqlite", file });
  const { owner } = await ensureUsers(store);
  await createChat(store, owner, {});
  await store[Symbol.asyncDispose]();
  const data = openData(home, null);
  const lock = await foreignLock(file, "a write lock");
  for await (const page of data.verify()) expect(page.findings).toEqual([]);
  expect(await data.status()).toMatchObject({ chats: 1 });
  const backup = await data.backup(join(home, "b.db"));
  expect(backup).toMatchObject({ verified: true, findings: [] });
  using prepared = await data.restore(backup.file);
  let swapped = false;
  const swapping = prepared.swap().then((kept) => ((swapped = true), kept));
  for (let i = 0; i < 20; i++) await wait(1);
  expect(swapped).toBe(false);
  await lock.release();
  expect(existsSync((await swapping) ?? "")).toBe(true);
});

test("F118: a server starts beside commands that keep the home busy, and each of them comes to its end", async () => {
  await using sparky = await Sparky.start({});
  await sparky.kill("SIGTERM");
  const commands = Array.from({ length: 5 }, (_, i) => sparky.run("agent", "tasks", "add", `task ${i}`));
  await sparky.startServer();
  for (const { code, stderr } of await Promise.all(commands)) expect({ code, stderr }).toMatchObject({ code: 0 });
});
