import { notFound } from "../../core/errors.ts";
import { audienceOf } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import { homeOwner } from "../people/users.ts";
import type { Reader } from "../graph/visible.ts";
import type { ChatRow, TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** Where a run works: its chat, and its task where it has one. */
interface Place {
  readonly chatId: string;
  readonly taskId: string | null;
}

type Chat = Pick<ChatRow, "id" | "owner_id">;
type Task = Pick<TaskRow, "owner_id" | "chat_id" | "parent_run" | "parent_call">;

/** Deeper than any run can descend: a walk that a damaged row would send in a circle ends. */
const FAR = 8;

/**
 * Whose memory a run reads and writes: that of its task's or schedule's author, else of its chat's owner. `agent` has none: what
 * works as it works for who has started it, at the latest for the home's owner. Where anybody else reads the chat, only what all
 * share and what the chat itself holds, unless whose memory it is has let it be used there: so nothing becomes known wider than
 * it was. What a run delegates has its memory, as long as no more people read there.
 */
export async function readerFor(db: Db, place: Place, depth = 0): Promise<Reader> {
  const chat = await chatOf(db, place.chatId);
  const task = place.taskId === null ? undefined : await taskOf(db, place.taskId);
  const readers = await peopleWhoRead(db, chat);
  const parent = task === undefined || task.parent_call === null ? undefined : await startedBy(db, task);
  if (parent !== undefined && depth < FAR) {
    const reader = await readerFor(db, parent, depth + 1);
    const there = new Set(await peopleWhoRead(db, await chatOf(db, parent.chatId)));
    return readers.every((id) => there.has(id)) ? reader : { ...reader, within: chat.id };
  }
  const viewer = await principalOf(db, chat, task);
  const isAlone = readers.every((id) => id === viewer.id);
  return { viewer, within: isAlone || (await isOpen(db, chat.id, viewer.id)) ? null : chat.id };
}

/** A chat of `agent` belongs to the author of the work that it was made for. */
async function principalOf(db: Db, chat: Chat, task: Task | undefined): Promise<User> {
  let work = task ?? (chat.owner_id === AGENT_ID ? await firstTaskOf(db, chat.id) : undefined);
  let id = work?.owner_id ?? chat.owner_id;
  for (let depth = 0; id === AGENT_ID && work !== undefined && depth < FAR; depth++) {
    const parent = await startedBy(db, work);
    if (parent === undefined) break;
    const { owner_id } = await chatOf(db, parent.chatId);
    if (parent.taskId === null) work = owner_id === AGENT_ID ? await firstTaskOf(db, parent.chatId) : undefined;
    else work = await taskOf(db, parent.taskId);
    id = work?.owner_id ?? owner_id;
  }
  return id === AGENT_ID ? homeOwner(db) : userOf(db, id);
}

async function peopleWhoRead(db: Db, chat: Chat): Promise<readonly string[]> {
  return (await audienceOf(db, chat)).filter((id) => id !== AGENT_ID);
}

/** The run that a task comes from; none: a person's, or of a chat that is gone. */
async function startedBy(db: Db, { parent_run }: Task): Promise<Place | undefined> {
  if (parent_run === null) return undefined;
  const columns = ["chat_id as chatId", "task_id as taskId"] as const;
  return db.selectFrom("runs").select(columns).where("id", "=", parent_run).executeTakeFirst();
}

async function isOpen(db: Db, chatId: string, userId: string): Promise<boolean> {
  const query = db.selectFrom("chat_memory").select("user_id").where("chat_id", "=", chatId);
  return (await query.where("user_id", "=", userId).executeTakeFirst()) !== undefined;
}

async function chatOf(db: Db, id: string): Promise<Chat> {
  const chat = await db.selectFrom("chats").select(["id", "owner_id"]).where("id", "=", id).executeTakeFirst();
  if (chat === undefined) throw notFound(`chat ${JSON.stringify(id)}`);
  return chat;
}

const TASK = ["owner_id", "chat_id", "parent_run", "parent_call"] as const;

async function taskOf(db: Db, id: string): Promise<Task | undefined> {
  return db.selectFrom("tasks").select(TASK).where("id", "=", id).executeTakeFirst();
}

async function firstTaskOf(db: Db, chatId: string): Promise<Task | undefined> {
  const query = db.selectFrom("tasks").select(TASK).where("chat_id", "=", chatId);
  return query.orderBy("created_at").orderBy("id").limit(1).executeTakeFirst();
}

async function userOf(db: Db, id: string): Promise<User> {
  const user = await db.selectFrom("user").select(["id", "name", "role"]).where("id", "=", id).executeTakeFirst();
  if (user === undefined) throw notFound(`the account ${id}`);
  return user;
}
