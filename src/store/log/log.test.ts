import { expect, test } from "vitest";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import type { NewEvent } from "../../core/events.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import { createChat } from "../chats/chats.ts";
import { eventsPage, readEvents, readHead, readPage } from "./events.ts";
import { migrate, MIGRATIONS } from "../database/migrate.ts";
import type { Store } from "../database/store.ts";
import { ensureUsers } from "../people/users.ts";

const said = (text: string): NewEvent => ({
  type: "message",
  data: { role: "user", text },
  runId: null,
  taskId: null,
  step: null,
  actor: SYSTEM_ACTOR,
});

async function withChat(store: Store) {
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, { title: "A" });
  return { owner, chatId: chat.id };
}

test("takes back only what of a batch cannot be written, and what was written before it is written once", async () => {
  const store = await sqlite.store();
  const { owner, chatId } = await withChat(store);
  const { chat } = await createChat(store, owner, { title: "B" });
  // Where its next event belongs there is one: the file was written to by something else.
  const row = { chat_id: chat.id, type: "message", at: 0, run_id: null, task_id: null, body: "{}" };
  await store.db
    .insertInto("events")
    .values({ ...row, seq: chat.head + 1 })
    .execute();
  const outcomes = await Promise.allSettled([
    store.append({ chatId, events: [said("one")] }),
    store.append({ chatId: chat.id, events: [said("broken")] }),
    store.append({ chatId, events: [said("two")] }),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  const events = await readEvents(store.db, chatId);
  expect(events.flatMap((e) => (e.type === "message" ? [e.data.text] : []))).toEqual(["one", "two"]);
  expect(await readHead(store, chatId)).toBe(events.length);
  expect(await readHead(store, chat.id)).toBe(chat.head);
});

eachEngine("the log", (engine) => {
  test("numbers events from 1 without gaps, in the order of the appends", async () => {
    const store = await engine.store();
    const { chatId } = await withChat(store);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.append({ chatId, events: [said(`a${i}`), said(`b${i}`)] })),
    );
    const events = await readEvents(store.db, chatId);
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
    expect(results.flat()).toEqual(events.slice(1));
    expect(await readHead(store, chatId)).toBe(101);
  });

  test("takes back only the refused member of a batch, and no number is lost", async () => {
    const store = await engine.store();
    const { chatId } = await withChat(store);
    const outcomes = await Promise.allSettled([
      store.append({ chatId, events: [said("one")] }),
      store.append({ chatId, events: [said("ghost")], fence: { runId: "nobody", lease: 1 } }),
      store.append({ chatId: "no-such-chat", events: [said("lost")] }),
      store.append({ chatId, events: [said("two")] }),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "fenced" } });
    expect(outcomes[2]).toMatchObject({ reason: { code: "not_found" } });
    const texts = (await readEvents(store.db, chatId)).flatMap((e) => (e.type === "message" ? [e.data.text] : []));
    expect(texts).toEqual(["one", "two"]);
    expect(await readHead(store, chatId)).toBe(3);
  });

  test("keeps no event of a transaction that fails, and reuses its numbers", async () => {
    const store = await engine.store();
    const { chatId } = await withChat(store);
    const failing = store.transact(async (tx) => {
      await tx.append(chatId, [said("undone")]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    const [kept] = await store.append({ chatId, events: [said("kept")] });
    expect(kept?.seq).toBe(2);
  });

  test("F28: hands events to watchers after the commit, ascending, as they stand in the log", async () => {
    const store = await engine.store();
    const { chatId } = await withChat(store);
    const seen: string[] = [];
    const unwatch = store.hub.watch(chatId, {
      // That the chat was created may be told by now, or anew: a node that begins to listen looks at all that is watched.
      events: (events) => void seen.push(...events.filter(({ seq }) => seq > 1).map((event) => event.json)),
      delta: () => {},
      gone: () => {},
    });
    await Promise.all(["x", "y", "z"].map((text) => store.append({ chatId, events: [said(text)] })));
    unwatch();
    expect(seen).toEqual((await readPage(store, chatId, 1)).map((event) => event.json));
    expect(seen.map((json) => JSON.parse(json))).toEqual(await readEvents(store.db, chatId, { from: 2 }));
  });

  test("replays by page from any point, bounded by count and bytes, never by less than one event", async () => {
    const store = await engine.store();
    const { chatId } = await withChat(store);
    await store.append({ chatId, events: Array.from({ length: 10 }, (_, i) => said(`${i}`.repeat(100))) });
    expect((await readPage(store, chatId, 0, { events: 4 })).map((e) => e.seq)).toEqual([1, 2, 3, 4]);
    expect((await readPage(store, chatId, 4, { bytes: 1 })).map((e) => e.seq)).toEqual([5]);
    expect((await readPage(store, chatId, 4, { bytes: 700 })).length).toBeGreaterThan(1);
    expect(await readPage(store, chatId, 11)).toEqual([]);
  });

  test("F29: a page of a long chat opens at its end, and older and newer ones follow both ways", async () => {
    const store = await engine.store();
    const { owner, chatId } = await withChat(store);
    await store.append({ chatId, events: Array.from({ length: 29 }, (_, i) => said(`${i}`)) });
    const seqs = async (query: object) =>
      (await eventsPage(store, owner, chatId, query)).events.map((event) => event.seq);
    expect(await seqs({ limit: 10 })).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    expect(await seqs({ before: 21, limit: 3 })).toEqual([18, 19, 20]);
    expect(await seqs({ after: 20, limit: 2 })).toEqual([21, 22]);
    expect(await seqs({ after: 30 })).toEqual([]);
    await expect(eventsPage(store, owner, chatId, { epoch: "other" })).rejects.toMatchObject({ code: "conflict" });
    await expect(eventsPage(store, owner, chatId, { type: "nonsense" })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  test("stays when the store is closed and opened again, with its epoch", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { chatId } = await withChat(first);
    await first.append({ chatId, events: [said("kept")] });
    const { epoch, bootId } = first;
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place);
    expect(second.epoch).toBe(epoch);
    expect(second.bootId).not.toBe(bootId);
    expect(await readHead(second, chatId)).toBe(2);
    const [next] = await second.append({ chatId, events: [said("more")] });
    expect(next?.seq).toBe(3);
  });

  test("migrates once, and refuses a database of a newer version", async () => {
    const place = await engine.place();
    const store = await engine.open(place);
    expect(await migrate(store.db, place, 0)).toBeNull();
    const rows = await store.db.selectFrom("migrations").select("number").execute();
    expect(rows.map((row) => row.number)).toEqual(MIGRATIONS.map((migration) => migration.number));
    await store.db.insertInto("migrations").values({ number: 999, name: "later", at: 0 }).execute();
    await expect(engine.open(place)).rejects.toThrow("newer Sparky");
  });
});

test("a reopened SQLite file is durable: WAL, synchronous FULL, foreign keys", async () => {
  const place = await sqlite.place();
  const first = await sqlite.open(place);
  await first[Symbol.asyncDispose]();
  const store = await sqlite.open(place);
  const read = async (pragma: string) => {
    const { sql } = await import("kysely");
    return Object.values((await sql.raw<object>(`pragma ${pragma}`).execute(store.db)).rows[0] ?? {})[0];
  };
  expect(await read("journal_mode")).toBe("wal");
  expect(await read("synchronous")).toBe(2);
  expect(await read("foreign_keys")).toBe(1);
  expect(await read("busy_timeout")).toBe(0);
  expect(await read("cache_size")).toBe(-8000);
});
