import { notFound } from "../../core/errors.ts";
import type { SqlBool } from "kysely";
import { audienceOf, hasLink } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import { startedBy, whoseWork, workOf, type Place } from "../runs/whose.ts";
import type { Reader } from "../graph/visible.ts";
import type { ChatRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

type Chat = Pick<ChatRow, "id" | "owner_id"> & {
  /** A link to it holds: whoever has that may read it at any moment. */
  readonly has_link: SqlBool;
};

/** The database as of a moment. */
interface Moment {
  readonly db: Db;
  readonly now: number;
}

/** Deeper than any run can descend: a walk that a damaged row would send in a circle ends. */
const FAR = 8;

/**
 * Whose memory a run reads and writes: that of its task's or schedule's author, else of its chat's owner. `agent` has none: what
 * works as it works for who has started it, at the latest for the home's owner. Where anybody else reads the chat, or has a link to it, only what all
 * share and what the chat itself holds, unless whose memory it is has let it be used there: so nothing becomes known wider than
 * it was. What a run delegates has its memory, as long as no more people read there.
 */
export async function readerFor({ db, now }: Moment, place: Place, depth = 0): Promise<Reader> {
  const chat = await chatOf(db, now, place.chatId);
  const task = place.taskId === null ? undefined : await workOf(db, place.taskId);
  const readers = await peopleWhoRead(db, chat);
  const parent = task === undefined || task.parent_call === null ? undefined : await startedBy(db, task);
  if (parent !== undefined && depth < FAR) {
    const reader = await readerFor({ db, now }, parent, depth + 1);
    const above = await chatOf(db, now, parent.chatId);
    const there = new Set(await peopleWhoRead(db, above));
    const isNarrow = readers.every((id) => there.has(id)) && (!chat.has_link || Boolean(above.has_link));
    return isNarrow ? reader : { ...reader, within: chat.id };
  }
  const viewer = await userOf(db, await whoseWork(db, chat, task));
  const isAlone = !chat.has_link && readers.every((id) => id === viewer.id);
  return { viewer, within: isAlone || (await isOpen(db, chat.id, viewer.id)) ? null : chat.id };
}

async function peopleWhoRead(db: Db, chat: Chat): Promise<readonly string[]> {
  return (await audienceOf(db, chat)).filter((id) => id !== AGENT_ID);
}

async function isOpen(db: Db, chatId: string, userId: string): Promise<boolean> {
  const query = db.selectFrom("chat_memory").select("user_id").where("chat_id", "=", chatId);
  return (await query.where("user_id", "=", userId).executeTakeFirst()) !== undefined;
}

async function chatOf(db: Db, now: number, id: string): Promise<Chat> {
  const query = db.selectFrom("chats").select(["id", "owner_id", hasLink(now).as("has_link")]);
  const chat = await query.where("id", "=", id).executeTakeFirst();
  if (chat === undefined) throw notFound(`chat ${JSON.stringify(id)}`);
  return chat;
}

async function userOf(db: Db, id: string): Promise<User> {
  const user = await db.selectFrom("user").select(["id", "name", "role"]).where("id", "=", id).executeTakeFirst();
  if (user === undefined) throw notFound(`the account ${id}`);
  return user;
}
