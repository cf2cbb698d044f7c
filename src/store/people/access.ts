import { sql, type ExpressionBuilder, type Expression, type SqlBool } from "kysely";
import { notFound, SparkyError } from "../../core/errors.ts";
import { AGENT_ID, type User } from "./user.ts";
import type { ChatRow, Schema } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/**
 * The one permission check, in front of HTTP, sockets, replay and search. A chat is seen by its owner, by whom it is
 * shared with, and, when it belongs to `agent`, by the instance's owner. What one may not see does not exist for one.
 */

/** For a query over `chats`: only those that the viewer may see, and that are not deleted. */
export const visibleChats = (viewer: User) => chatsOpenTo(viewer, [0, 1]);

/** For a query over `chats`: only those that the viewer may write in. The same rule as `mayWrite`. */
export const writableChats = (viewer: User) => chatsOpenTo(viewer, [1]);

function chatsOpenTo(viewer: User, canWrite: readonly (0 | 1)[]) {
  return (eb: ExpressionBuilder<Schema, "chats">): Expression<SqlBool> =>
    eb.and([
      eb("chats.deleted_at", "is", null),
      eb.or([
        eb("chats.owner_id", "=", viewer.id),
        eb.exists(
          eb
            .selectFrom("chat_shares")
            .select(sql`1`.as("one"))
            .whereRef("chat_shares.chat_id", "=", "chats.id")
            .where("chat_shares.user_id", "=", viewer.id)
            .where("chat_shares.can_write", "in", canWrite),
        ),
        ...(viewer.role === "owner" ? [eb("chats.owner_id", "=", AGENT_ID)] : []),
      ]),
    ]);
}

export async function readableChat(db: Db, viewer: User, chatId: string): Promise<ChatRow> {
  const row = await db
    .selectFrom("chats")
    .selectAll()
    .where("chats.id", "=", chatId)
    .where(visibleChats(viewer))
    .executeTakeFirst();
  if (row === undefined) throw notFound(`chat ${JSON.stringify(chatId)}`);
  return row;
}

export async function mayWrite(db: Db, viewer: User, chat: Pick<ChatRow, "id" | "owner_id">): Promise<boolean> {
  if (chat.owner_id === viewer.id || (chat.owner_id === AGENT_ID && viewer.role === "owner")) return true;
  const share = await db
    .selectFrom("chat_shares")
    .select("can_write")
    .where("chat_id", "=", chat.id)
    .where("user_id", "=", viewer.id)
    .executeTakeFirst();
  return share?.can_write === 1;
}

export async function writableChat(db: Db, viewer: User, chatId: string): Promise<ChatRow> {
  const chat = await readableChat(db, viewer, chatId);
  if (await mayWrite(db, viewer, chat)) return chat;
  throw new SparkyError("forbidden", "you may watch this chat, but not write in it", {
    hint: "ask its owner to share it with you for writing",
  });
}

/**
 * Locks the chat's row: every change of a chat's runs happens under it, so they happen one after another. Nothing to
 * do on SQLite, where the whole transaction is alone. This lock, and not a stronger one, everywhere: rows that only refer
 * to the chat, as those of the index of search, can be written meanwhile, and keep nobody from it.
 */
export async function lockChat(tx: Tx, chatId: string): Promise<ChatRow> {
  const row = await tx.db
    .selectFrom("chats")
    .selectAll()
    .where("id", "=", chatId)
    .where("deleted_at", "is", null)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  if (row === undefined) throw notFound(`chat ${JSON.stringify(chatId)}`);
  return row;
}

/** Whoever may see the chat: to them alone its changes are announced. */
export async function audienceOf(db: Db, chat: Pick<ChatRow, "id" | "owner_id">): Promise<readonly string[]> {
  return (await audiencesOf(db, [chat])).get(chat.id) ?? [];
}

/** The same for many chats, by id, with one question to the database. */
export async function audiencesOf(
  db: Db,
  chats: readonly Pick<ChatRow, "id" | "owner_id">[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = chats.map((chat) => chat.id);
  const none = sql<string | null>`NULL`.as("chat_id");
  const rows = await db
    .selectFrom("chat_shares")
    .select(["chat_id", "user_id"])
    .where("chat_id", "in", ids)
    .$castTo<{ readonly chat_id: string | null; readonly user_id: string }>()
    .unionAll(db.selectFrom("user").select([none, "id as user_id"]).where("role", "=", "owner"))
    .execute();
  const owners = rows.flatMap((row) => (row.chat_id === null ? [row.user_id] : []));
  const audiences = new Map(
    chats.map((chat) => [chat.id, new Set([chat.owner_id, ...(chat.owner_id === AGENT_ID ? owners : [])])]),
  );
  for (const { chat_id, user_id } of rows) if (chat_id !== null) audiences.get(chat_id)?.add(user_id);
  return new Map([...audiences].map(([id, users]) => [id, [...users]]));
}
