import { sql, type RawBuilder } from "kysely";
import { breathe } from "../database/breathe.ts";
import type { Schema } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { dropFilesOfChat } from "../log/files.ts";

/** How long a deleted chat is kept before all that belongs to it goes. */
const PURGE_AFTER_MS = 60_000;

/**
 * A chat's `deleted_at` from the moment that its purge begins: from then on it cannot be brought back, and nobody checks it
 * any more, for parts of it are missing.
 */
export const PURGING = 0;

/** What may be much in one chat, what refers to others first; how many rows go at a time, and what tells one from another. */
const PORTIONS: readonly (readonly [table: keyof Schema, rows: number, ...key: string[]])[] = [
  ["search_events", 200, "id"],
  ["recalled", 200, "seq"],
  ["events", 200, "seq"],
  ["approvals", 200, "id"],
  ["questions", 200, "id"],
  // Each may hold a whole conversation, or a file.
  ["steps", 20, "run_id", "step"],
  ["blobs", 2, "id"],
  ["message_keys", 200, "user_id", "key"],
  ["runs", 100, "id"],
  ["tasks", 100, "id"],
];

/** Removes at most `rows` of what else is kept of a chat, and says how many those were. */
export type Forget = (tx: Tx, chatId: string, rows: number) => Promise<number>;
const FORGOTTEN = 200;
/** Each with all of its bytes. */
const FILES = 1;

/**
 * Removes what was deleted a while ago, with all that belongs to it: in portions, each a transaction of its own, so that nobody
 * waits for more than one. A crash in between, or `isStopped`, leaves a chat that is hidden; the next purge goes on with it.
 */
export async function purgeDeleted(
  store: Store,
  isStopped: () => boolean = () => false,
  forget: Forget = async () => 0,
): Promise<void> {
  const before = store.clock.now() - PURGE_AFTER_MS;
  const due = await store.db.selectFrom("chats").select("id").where("deleted_at", "<", before).execute();
  for (const { id } of due) {
    // Asked again: the deletion may have been taken back meanwhile.
    const begun = await store.transact((tx) =>
      tx.db
        .updateTable("chats")
        .set({ deleted_at: PURGING })
        .where("id", "=", id)
        .where("deleted_at", "<", before)
        .returning("id")
        .executeTakeFirst(),
    );
    if (begun !== undefined) await purge(store, id, isStopped, forget);
  }
}

async function purge(store: Store, chatId: string, isStopped: () => boolean, forget: Forget): Promise<void> {
  for (let gone = FORGOTTEN; gone === FORGOTTEN;) {
    if (isStopped()) return;
    gone = await store.transact((tx) => forget(tx, chatId, FORGOTTEN));
    await breathe();
  }
  for (let gone = FILES; gone === FILES;) {
    if (isStopped()) return;
    gone = await store.transact((tx) => dropFilesOfChat(tx, chatId, FILES));
    await breathe();
  }
  for (const [table, rows, ...key] of PORTIONS) {
    for (let gone = rows; gone === rows;) {
      if (isStopped()) return;
      gone = await store.transact(async ({ db }) => {
        const { numAffectedRows = 0n } = await portion(table, rows, key, chatId).execute(db);
        return Number(numAffectedRows);
      });
      await breathe();
    }
  }
  // What is left is little, and goes with the chat's row.
  await store.transact((tx) => tx.db.deleteFrom("chats").where("id", "=", chatId).execute());
}

function portion(table: keyof Schema, rows: number, key: readonly string[], chatId: string): RawBuilder<unknown> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const [from, of] = [sql.table(table), sql`chat_id = ${chatId}`];
  return sql`DELETE FROM ${from} WHERE ${of} AND (${columns}) IN (SELECT ${columns} FROM ${from} WHERE ${of} LIMIT ${rows})`;
}
