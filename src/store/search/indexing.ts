import { sql } from "kysely";
import { readableEvent } from "../log/events.ts";
import { follow, nextEvents, type Follower } from "./behind.ts";
import { FOUND_TYPES, foundText, indexedWords } from "./words.ts";
import type { Span } from "../database/look-back.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";

/** Any number that nobody else uses as an advisory lock: of several nodes one fills the index at a time. */
const INDEX_LOCK = 4_715_004;

const INDEX: Follower = { marks: "search_chats", open: async () => indexPage };

/** Fills the index from the log, at most `most` events, fewer big ones. False: there are more. */
export async function indexPending(store: Store, most: number): Promise<boolean> {
  return follow(store, INDEX, most);
}

interface Entry {
  readonly chatId: string;
  readonly seq: number;
  readonly at: number;
  readonly words: readonly string[];
}

/** How much it looked at. */
async function indexPage(tx: Tx, spans: readonly Span[]): Promise<number> {
  if (tx.kind === "postgres") await sql`SELECT pg_advisory_xact_lock(${INDEX_LOCK})`.execute(tx.db);
  const { events, looked } = await nextEvents(tx, INDEX.marks, spans, FOUND_TYPES);
  const entries = events.flatMap(({ chatId, seq, at, body }): readonly Entry[] => {
    const words = wordsIn(chatId, seq, body);
    return words.length === 0 ? [] : [{ chatId, seq, at, words }];
  });
  await insert(tx, entries);
  return looked;
}

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
