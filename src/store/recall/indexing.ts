import { sql } from "kysely";
import { EVERYTHING, type Span } from "../database/look-back.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import type { RecallItemRow } from "../database/schema.ts";
import { readableEvent } from "../log/events.ts";
import { follow, nextEvents, type FollowedEvent, type Follower } from "../search/behind.ts";
import { factItems } from "./fact-items.ts";
import { shownOf } from "./hidden.ts";
import { measuresOf, type Item } from "./item.ts";
import { forgetTold } from "./recalled.ts";
import { stemmerOf, type Stemmer } from "./stems.ts";
import { onlyAsks, wordsOf } from "./words.ts";

/** Fills the index of recall from the log, the graph and the facts, behind them. */

/** Any number that nobody else uses as an advisory lock: of several nodes one changes the index at a time. */
const INDEX_LOCK = 4_715_006;
const NODES = 100;
const FACTS = 100;
/** A pause as long as this ends a session. */
const SESSION_MS = 6 * 3_600_000;
/** How often a word of a node's name counts. */
const NAME_COUNTS = 3;

/** At most so many events and nodes, fewer big ones. False: there are more. */
export async function indexRecall(store: Store, most: number): Promise<boolean> {
  const follower: Follower = {
    marks: "recall_chats",
    open: async () => {
      const stem = await stemmerOf(store);
      return (tx, spans) => indexPage(tx, spans, stem);
    },
    hasMore: async (db) => {
      const nodes = await db.selectFrom("recall_nodes").select("node_id").limit(1).execute();
      return nodes.length > 0 || (await db.selectFrom("recall_facts").select("fact_id").limit(1).execute()).length > 0;
    },
  };
  return follow(store, follower, most);
}

/** The nodes that were written last, for who searches them in the same transaction. */
export async function indexNodes(tx: Tx, stem: Stemmer): Promise<void> {
  const some = await tx.db.selectFrom("recall_nodes").select("node_id").limit(1).execute();
  if (some.length === 0) return;
  await lockIndex(tx);
  await insert(tx, (await changedNodes(tx, stem)).items);
}

/** The same of the facts. */
export async function indexFacts(tx: Tx, stem: Stemmer): Promise<void> {
  await lockIndex(tx);
  for (let looked = 1; looked > 0;) {
    const facts = await changedFacts(tx, stem);
    await insert(tx, facts.items);
    looked = facts.looked;
  }
}

/** So many pages, at most, of what was said last: for who looks for all that says something, in the same transaction. */
export async function indexSaid(tx: Tx, stem: Stemmer, pages: number): Promise<void> {
  await lockIndex(tx);
  for (let page = 0; page < pages; page++) {
    const { events } = await nextEvents(tx, "recall_chats", EVERYTHING, ["message"]);
    await insert(tx, await messagesIn(tx.db, events, stem));
  }
}

async function indexPage(tx: Tx, spans: readonly Span[], stem: Stemmer): Promise<number> {
  await lockIndex(tx);
  const nodes = await changedNodes(tx, stem);
  const facts = await changedFacts(tx, stem);
  const { events, looked } = await nextEvents(tx, "recall_chats", spans, ["message"]);
  await insert(tx, [...nodes.items, ...facts.items, ...(await messagesIn(tx.db, events, stem))]);
  return looked + nodes.looked + facts.looked;
}

/** Nodes that are about to be removed: they are counted down with what they hold. */
export async function forgetNodes(tx: Tx, nodeIds: readonly string[]): Promise<void> {
  const which = tx.db.selectFrom("recall_items").select(["id", "length", "stems"]).where("node_id", "in", nodeIds);
  await remove(tx, await which.execute());
  await tx.db.deleteFrom("recall_nodes").where("node_id", "in", nodeIds).execute();
}

/** First in a transaction that removes nodes: whoever fills the index has this lock before any other. On SQLite whoever writes is alone. */
export async function lockIndex(tx: Tx): Promise<void> {
  if (tx.kind === "postgres") await sql`SELECT pg_advisory_xact_lock(${INDEX_LOCK})`.execute(tx.db);
}

async function changedNodes(tx: Tx, stem: Stemmer): Promise<{ readonly items: readonly Item[]; looked: number }> {
  const changed = await tx.db.selectFrom("recall_nodes").select("node_id").limit(NODES).execute();
  const ids = changed.map((row) => row.node_id);
  if (ids.length === 0) return { items: [], looked: 0 };
  await tx.db.deleteFrom("recall_nodes").where("node_id", "in", ids).execute();
  await remove(tx, await itemsWhere(tx.db, "node_id", ids));
  const nodes = await tx.db.selectFrom("nodes").selectAll().where("id", "in", ids).orderBy("id").execute();
  const aliases = await tx.db
    .selectFrom("node_aliases")
    .selectAll()
    .where("node_id", "in", ids)
    .orderBy("name")
    .execute();
  const former = Map.groupBy(aliases, (alias) => alias.node_id);
  const items = nodes.flatMap(({ id, owner_id, type, name, content, updated_at }): readonly Item[] => {
    const names = [name, ...(former.get(id) ?? []).map((alias) => alias.name)].flatMap(wordsOf);
    const words = [...Array.from({ length: NAME_COUNTS }, () => names).flat(), ...wordsOf(type), ...wordsOf(content)];
    if (words.length === 0) return [];
    const text = `${name}\n${content}`;
    return [
      {
        ...{ kind: "node", chat_id: null, seq: null, place: null, session: null, node_id: id, fact_id: null },
        ...{ author: owner_id ?? "", at: updated_at },
        ...measuresOf(text, words, stem),
        only_asks: 0,
      },
    ];
  });
  return { items, looked: ids.length };
}

/** Only what holds is in the index; whatever else becomes of a fact takes it out. */
async function changedFacts(tx: Tx, stem: Stemmer): Promise<{ readonly items: readonly Item[]; looked: number }> {
  const changed = await tx.db.selectFrom("recall_facts").select("fact_id").limit(FACTS).execute();
  const ids = changed.map((row) => row.fact_id);
  if (ids.length === 0) return { items: [], looked: 0 };
  await tx.db.deleteFrom("recall_facts").where("fact_id", "in", ids).execute();
  await remove(tx, await itemsWhere(tx.db, "fact_id", ids));
  return { items: await factItems(tx.db, ids, stem), looked: ids.length };
}

function itemsWhere(db: Db, column: "fact_id" | "node_id", ids: readonly string[]) {
  return db
    .selectFrom("recall_items")
    .select(["id", "length", "stems"])
    .where(column, "in", [...ids])
    .execute();
}

interface Last {
  readonly place: number;
  readonly session: number;
  readonly at: number;
}

/** Each with its place behind the last of its chat, and in a session. What was cut off is said again, or was not said. */
async function messagesIn(db: Db, events: readonly FollowedEvent[], stem: Stemmer): Promise<readonly Item[]> {
  const lasts = new Map<string, Last>();
  for (const chatId of new Set(events.map((event) => event.chatId))) {
    const last = await lastOf(db, chatId);
    if (last !== undefined) lasts.set(chatId, last);
  }
  const said = events.flatMap(({ chatId, seq, at, body }) => {
    const event = readableEvent(chatId, seq, body);
    return event?.type === "message" && !event.data.partial ? [{ chatId, seq, at, event, runId: event.runId }] : [];
  });
  return (await shownOf(db, said)).flatMap(({ chatId, seq, at, event }): readonly Item[] => {
    const words = wordsOf(event.data.text);
    if (words.length === 0) return [];
    const last = lasts.get(chatId);
    const place = (last?.place ?? 0) + 1;
    const session = last !== undefined && at - last.at < SESSION_MS ? last.session : place;
    lasts.set(chatId, { place, session, at });
    const where = { kind: "message", chat_id: chatId, seq, place, session, node_id: null, fact_id: null } as const;
    const { text } = event.data;
    return [
      { ...where, author: event.actor.id, at, ...measuresOf(text, words, stem), only_asks: onlyAsks(text) ? 1 : 0 },
    ];
  });
}

async function lastOf(db: Db, chatId: string): Promise<Last | undefined> {
  const row = await db
    .selectFrom("recall_items")
    .select(["place", "session", "at"])
    .where("chat_id", "=", chatId)
    .orderBy("place", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { place: row.place ?? 0, session: row.session ?? 0, at: row.at };
}

async function insert(tx: Tx, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  // Not the highest that is there: what was removed may have been higher, and no two items ever have one number.
  const { last_id } = await tx.db
    .updateTable("recall_extent")
    .set((eb) => ({ last_id: eb("last_id", "+", items.length) }))
    .returning("last_id")
    .executeTakeFirstOrThrow();
  const rows = items.map((item, at) => ({ id: last_id - items.length + 1 + at, ...item }));
  if (tx.kind === "sqlite") {
    await tx.db.insertInto("recall_items").values(rows).execute();
    const texts = rows.map((row) => sql`(${row.id}, ${row.stems})`);
    await sql`INSERT INTO recall_words (rowid, stems) VALUES ${sql.join(texts)}`.execute(tx.db);
  } else {
    const values = rows.map((row) => {
      const words = sql<string>`${vectorOf(row.stems)}::tsvector`;
      return { ...row, words };
    });
    await tx.db.insertInto("recall_items").values(values).execute();
    await count(tx.db, rows, 1);
  }
  await measure(tx.db, rows, 1);
}

/** Some rows of the index, for its purge with their chat. */
export async function forgetChat(tx: Tx, chatId: string, most: number): Promise<number> {
  await lockIndex(tx);
  const rows = await tx.db
    .selectFrom("recall_items")
    .select(["id", "length", "stems"])
    .where("chat_id", "=", chatId)
    .limit(most)
    .execute();
  await remove(tx, rows);
  if (rows.length < most) await forgetTold(tx.db, chatId);
  return rows.length;
}

/** These rows of the index, by their numbers. */
export async function forgetItems(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await lockIndex(tx);
  const rows = await tx.db
    .selectFrom("recall_items")
    .select(["id", "length", "stems"])
    .where("id", "in", [...ids])
    .execute();
  await remove(tx, rows);
}

type Counted = Pick<RecallItemRow, "length" | "stems">;

async function remove(tx: Tx, rows: readonly (Counted & { readonly id: number })[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.id);
  await tx.db.deleteFrom("recall_items").where("id", "in", ids).execute();
  if (tx.kind === "postgres") await count(tx.db, rows, -1);
  await measure(tx.db, rows, -1);
}

async function measure(db: Db, rows: readonly Counted[], sign: 1 | -1): Promise<void> {
  const words = rows.reduce((sum, row) => sum + row.length, 0);
  await db
    .updateTable("recall_extent")
    .set((eb) => ({ items: eb("items", "+", sign * rows.length), words: eb("words", "+", sign * words) }))
    .execute();
}

/** For PostgreSQL, which can count only by reading all. */
async function count(db: Db, rows: readonly Counted[], sign: 1 | -1): Promise<void> {
  const counts = new Map<string, number>();
  for (const { stems } of rows) {
    for (const stem of new Set(stems.split(" "))) counts.set(stem, (counts.get(stem) ?? 0) + sign);
  }
  const [stems, changes] = [[...counts.keys()], [...counts.values()]];
  await sql`
    INSERT INTO recall_stems AS r (stem, items) SELECT * FROM unnest(${stems}::text[], ${changes}::bigint[])
    ON CONFLICT (stem) DO UPDATE SET items = r.items + excluded.items`.execute(db);
  if (sign < 0) await sql`DELETE FROM recall_stems WHERE stem = ANY(${stems}::text[]) AND items <= 0`.execute(db);
}

/** More of one word say no more of it. */
const PLACES = 255;

/** A `tsvector` that keeps how often a word stands there. Stems are letters and digits: nothing in them is a sign of its language. */
function vectorOf(stems: string): string {
  const places = new Map<string, number[]>();
  for (const [at, stem] of stems.split(" ").entries()) {
    const those = places.get(stem) ?? [];
    if (those.length < PLACES) those.push(at + 1);
    places.set(stem, those);
  }
  return [...places].map(([stem, at]) => `'${stem}':${at.join(",")}`).join(" ");
}
