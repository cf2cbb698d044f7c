import { sql } from "kysely";
import type { EventType } from "../../core/events.ts";
import { breathe } from "../database/breathe.ts";
import { lookBackOf, type Span } from "../database/look-back.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";

/**
 * What follows the log, behind it: an append never waits for it. How far it is with each chat is stored with what it writes, so
 * that a crash loses and doubles nothing.
 */
export interface Follower {
  /** How far each chat is. */
  readonly marks: "search_chats" | "recall_chats";
  /** Opened when there is something to do; then a page in each transaction: how much it looked at. */
  open(): Promise<(tx: Tx, spans: readonly Span[]) => Promise<number>>;
  /** Whether there is something beside the log. */
  hasMore?(db: Db): Promise<boolean>;
}

/** Events a transaction, and bytes of them: so few that nobody notices the wait for it. */
const PAGE = 100;
const PAGE_BYTES = 32_768;
/** An event counts for one, a big one for each of these. */
const COUNTED_BYTES = 1024;
const CHATS = 20;

const lastOf = new WeakMap<Store["hub"], Promise<unknown>>();

/**
 * Follows at most `most` events, fewer big ones, page by page. False: there are more. One after another in this process: of many
 * that wait for a lock each would hold a connection.
 */
export async function follow(store: Store, follower: Follower, most: number): Promise<boolean> {
  const before = lastOf.get(store.hub);
  const mine = (async () => {
    await before;
    return goOn(store, follower, most);
  })();
  const over = mine.catch(() => {});
  lastOf.set(store.hub, over);
  return mine;
}

async function goOn(store: Store, follower: Follower, most: number): Promise<boolean> {
  const { marks } = follower;
  const lookBack = lookBackOf(store, marks);
  const isDone = async (): Promise<boolean> => {
    const now = store.clock.now();
    const pending = await pendingChats(store.db, marks, lookBack.spans(now));
    if (pending.length < CHATS) lookBack.looked(now, pending.at(-1)?.last_event_at);
    else lookBack.passed(now, pending[0]?.last_event_at ?? now);
    return pending.length === 0 && !(await follower.hasMore?.(store.db));
  };
  for (let left = most; left > 0;) {
    // Looked at first without the lock for writing: there is mostly nothing to do.
    if (await isDone()) return true;
    const page = await follower.open();
    const spans = lookBack.spans(store.clock.now());
    left -= await store.transact((tx) => page(tx, spans));
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

/** Those with events that are not followed yet, the latest first. */
async function pendingChats(db: Db, marks: Follower["marks"], spans: readonly Span[]): Promise<readonly PendingChat[]> {
  // Not a join: that would read the marks of all chats.
  const mark = sql<number>`coalesce((SELECT s.seq FROM ${sql.table(marks)} s WHERE s.chat_id = c.id), 0)`;
  const pending: PendingChat[] = [];
  for (const { from, to } of spans) {
    if (pending.length === CHATS) break;
    const { rows } = await sql<PendingChat>`
      SELECT c.id, c.head, ${mark} AS seq, c.last_event_at FROM chats c
      WHERE c.last_event_at >= ${from} AND c.last_event_at <= ${to} AND c.head > ${mark} AND c.deleted_at IS NULL
      ORDER BY c.last_event_at DESC LIMIT ${CHATS - pending.length}`.execute(db);
    pending.push(...rows);
  }
  return pending;
}

export interface FollowedEvent {
  readonly chatId: string;
  readonly seq: number;
  readonly at: number;
  readonly body: string;
}

/** The next events of these types, and how much was looked at for them; from then on they count as followed. */
export async function nextEvents(
  tx: Tx,
  marks: Follower["marks"],
  spans: readonly Span[],
  types: readonly EventType[],
): Promise<{ readonly events: readonly FollowedEvent[]; readonly looked: number }> {
  const events: FollowedEvent[] = [];
  let bytes = 0;
  for (const chat of await pendingChats(tx.db, marks, spans)) {
    const sizes = await ofChat(tx.db, chat, types)
      .select(["seq", sql<number>`octet_length(body)`.as("size")])
      .orderBy("seq")
      .limit(PAGE - events.length)
      .execute();
    let fitting = 0;
    for (const { size } of sizes) {
      if (events.length + fitting > 0 && bytes + size > PAGE_BYTES) break;
      bytes += size;
      fitting += 1;
    }
    const full = fitting < sizes.length || fitting === PAGE - events.length;
    const seq = full ? (sizes[fitting - 1]?.seq ?? chat.seq) : chat.head;
    if (seq === chat.seq) break;
    const rows = await ofChat(tx.db, chat, types)
      .select(["seq", "at", "body"])
      .where("seq", "<=", seq)
      .orderBy("seq")
      .execute();
    events.push(...rows.map((row) => ({ chatId: chat.id, ...row })));
    await tx.db
      .insertInto(marks)
      .values({ chat_id: chat.id, seq })
      .onConflict((conflict) => conflict.column("chat_id").doUpdateSet({ seq }))
      .execute();
    if (full) break;
  }
  // A page without anything to find is work too.
  return { events, looked: Math.max(events.length, Math.ceil(bytes / COUNTED_BYTES), 1) };
}

const ofChat = (db: Db, { id, head, seq }: PendingChat, types: readonly EventType[]) =>
  db
    .selectFrom("events")
    .where("chat_id", "=", id)
    .where("seq", ">", seq)
    .where("seq", "<=", head)
    .where("type", "in", [...types]);
