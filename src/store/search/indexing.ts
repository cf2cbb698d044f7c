import { sql } from "kysely";
import { readableEvent } from "../log/events.ts";
import { FOUND_TYPES, foundText, indexedWords } from "./words.ts";
import { breathe } from "../database/breathe.ts";
import { lookBackOf } from "../database/look-back.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";

/**
 * Fills the index from the log, behind it: an append never waits for it. How far each chat is indexed is stored with
 * the index, so that a crash loses and doubles nothing.
 */

/** Events a transaction, and bytes of them: so few that nobody notices the wait for it. */
const PAGE = 100;
const PAGE_BYTES = 32_768;
/** An event counts for one, a big one for each of these. */
const COUNTED_BYTES = 1024;
const CHATS = 20;

/** Any number that nobody else uses as an advisory lock: of several nodes one fills the index at a time. */
const INDEX_LOCK = 4_715_004;

const lastOf = new WeakMap<Store, Promise<unknown>>();

/**
 * Indexes at most `most` events, fewer big ones, page by page. False: there are more. One after another here too: of many
 * that wait for the lock each would hold a connection.
 */
export async function indexPending(store: Store, most: number): Promise<boolean> {
  const before = lastOf.get(store);
  const mine = (async () => {
    await before;
    return fill(store, most);
  })();
  const over = mine.catch(() => {});
  lastOf.set(store, over);
  return mine;
}

async function fill(store: Store, most: number): Promise<boolean> {
  const lookBack = lookBackOf(store, "search");
  const isDone = async (): Promise<boolean> => {
    const now = store.clock.now();
    const pending = await pendingChats(store.db, lookBack.from(now));
    if (pending.length < CHATS) lookBack.looked(now, pending.at(-1)?.last_event_at);
    return pending.length === 0;
  };
  for (let left = most; left > 0;) {
    // Looked at first without the lock for writing: there is mostly nothing to do.
    if (await isDone()) return true;
    const from = lookBack.from(store.clock.now());
    left -= await store.transact((tx) => indexPage(tx, from));
    await breathe();
  }
  return isDone();
}

interface PendingChat {
  readonly id: string;
  readonly head: number;
  readonly seq: number;
  readonly last_event_at: number;
}

/** Not a join: that would read the marks of all chats. */
const INDEXED = sql<number>`coalesce((SELECT s.seq FROM search_chats s WHERE s.chat_id = c.id), 0)`;

/** Those with events that are not indexed yet, the latest first. */
async function pendingChats(db: Db, from: number): Promise<readonly PendingChat[]> {
  const { rows } = await sql<PendingChat>`
    SELECT c.id, c.head, ${INDEXED} AS seq, c.last_event_at FROM chats c
    WHERE c.last_event_at >= ${from} AND c.head > ${INDEXED} AND c.deleted_at IS NULL
    ORDER BY c.last_event_at DESC LIMIT ${CHATS}`.execute(db);
  return rows;
}

interface Entry {
  readonly chatId: string;
  readonly seq: number;
  readonly at: number;
  readonly words: readonly string[];
}

/** How much it looked at. */
async function indexPage(tx: Tx, from: number): Promise<number> {
  if (tx.kind === "postgres") await sql`SELECT pg_advisory_xact_lock(${INDEX_LOCK})`.execute(tx.db);
  const entries: Entry[] = [];
  let looked = 0;
  let bytes = 0;
  for (const chat of await pendingChats(tx.db, from)) {
    const sizes = await foundOf(tx.db, chat)
      .select(["seq", sql<number>`octet_length(body)`.as("size")])
      .orderBy("seq")
      .limit(PAGE - looked)
      .execute();
    let fitting = 0;
    for (const { size } of sizes) {
      if (looked + fitting > 0 && bytes + size > PAGE_BYTES) break;
      bytes += size;
      fitting += 1;
    }
    const full = fitting < sizes.length || fitting === PAGE - looked;
    const seq = full ? (sizes[fitting - 1]?.seq ?? chat.seq) : chat.head;
    if (seq === chat.seq) break;
    const rows = await foundOf(tx.db, chat)
      .select(["seq", "at", "body"])
      .where("seq", "<=", seq)
      .orderBy("seq")
      .execute();
    for (const { seq: at, at: time, body } of rows) {
      const words = wordsIn(chat.id, at, body);
      if (words.length > 0) entries.push({ chatId: chat.id, seq: at, at: time, words });
    }
    await tx.db
      .insertInto("search_chats")
      .values({ chat_id: chat.id, seq })
      .onConflict((conflict) => conflict.column("chat_id").doUpdateSet({ seq }))
      .execute();
    looked += rows.length;
    if (full) break;
  }
  await insert(tx, entries);
  // A page without anything to find is work too.
  return Math.max(looked, Math.ceil(bytes / COUNTED_BYTES), 1);
}

const foundOf = (db: Db, { id, head, seq }: PendingChat) =>
  db
    .selectFrom("events")
    .where("chat_id", "=", id)
    .where("seq", ">", seq)
    .where("seq", "<=", head)
    .where("type", "in", [...FOUND_TYPES]);

function wordsIn(chatId: string, seq: number, body: string): readonly string[] {
  const event = readableEvent(chatId, seq, body);
  return event === null ? [] : indexedWords(foundText(event));
}

async function insert(tx: Tx, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const ids = await newIds(tx.db, entries);
  const rows = entries.map(({ chatId, seq, words }, i) => ({ id: ids[i] ?? 0, chatId, seq, words }));
  if (tx.kind === "postgres") {
    const values = rows.map(
      (row) => sql`(${row.id}, ${row.chatId}, ${row.seq}, array_to_tsvector(${row.words}::text[]))`,
    );
    await sql`INSERT INTO search_events (id, chat_id, seq, words) VALUES ${sql.join(values)}`.execute(tx.db);
    return;
  }
  const places = rows.map((row) => sql`(${row.id}, ${row.chatId}, ${row.seq})`);
  await sql`INSERT INTO search_events (id, chat_id, seq) VALUES ${sql.join(places)}`.execute(tx.db);
  const texts = rows.map((row) => sql`(${row.id}, ${row.words.join(" ")})`);
  await sql`INSERT INTO search_words (rowid, words) VALUES ${sql.join(texts)}`.execute(tx.db);
}

/** Ids in a millisecond: with them the newest can be found first in the order of ids, without a look at the times. */
const SLOTS = 1024;

/** Ids that follow the events' times, whatever chat is indexed first. */
async function newIds(db: Db, entries: readonly Entry[]): Promise<readonly number[]> {
  const bases = [...new Set(entries.map(({ at }) => at * SLOTS))];
  const lasts = bases.map(
    (base) => sql`SELECT CAST(${base} AS BIGINT) AS base,
      (SELECT max(id) FROM search_events WHERE id >= ${base} AND id < ${base + SLOTS}) AS last`,
  );
  const { rows } = await sql<{ base: number; last: number | null }>`${sql.join(lasts, sql` UNION ALL `)}`.execute(db);
  const next = new Map(rows.map(({ base, last }) => [base, last === null ? base : last + 1]));
  // More in one millisecond than it has room for: they go behind all others.
  let beyond: number | undefined;
  const ids: number[] = [];
  for (const { at } of entries) {
    const base = at * SLOTS;
    const id = next.get(base) ?? base;
    if (id < base + SLOTS) {
      next.set(base, id + 1);
      ids.push(id);
    } else {
      beyond ??= Math.max(await lastId(db), Math.max(...bases) + SLOTS);
      ids.push(++beyond);
    }
  }
  return ids;
}

async function lastId(db: Db): Promise<number> {
  const query = db.selectFrom("search_events").select((eb) => eb.fn.max("id").as("id"));
  return (await query.executeTakeFirstOrThrow()).id ?? 0;
}
