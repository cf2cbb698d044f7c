import { AGENT_ID } from "../people/user.ts";
import { homeOwner } from "../people/users.ts";
import type { ChatRow, TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** Where a run works: its chat, and its task where it has one. */
export interface Place {
  readonly chatId: string;
  readonly taskId: string | null;
}

type Work = Pick<TaskRow, "owner_id" | "chat_id" | "parent_run" | "parent_call">;

/** Deeper than any run can descend: a walk that a damaged row would send in a circle ends. */
const FAR = 8;

/**
 * Whose work a run does: that of its task's or schedule's author, else of its chat's owner. `agent` has none: what works as it
 * works for who has started it, at the latest for the home's owner. A chat of `agent` belongs to the author of the work that it
 * was made for.
 */
export async function whoseWork(
  db: Db,
  chat: Pick<ChatRow, "id" | "owner_id">,
  task: Work | undefined,
): Promise<string> {
  let work = task ?? (chat.owner_id === AGENT_ID ? await firstTaskOf(db, chat.id) : undefined);
  let id = work?.owner_id ?? chat.owner_id;
  for (let depth = 0; id === AGENT_ID && work !== undefined && depth < FAR; depth++) {
    const parent = await startedBy(db, work);
    if (parent === undefined) break;
    const owner = await ownerOf(db, parent.chatId);
    if (parent.taskId === null) work = owner === AGENT_ID ? await firstTaskOf(db, parent.chatId) : undefined;
    else work = await workOf(db, parent.taskId);
    id = work?.owner_id ?? owner;
  }
  return id === AGENT_ID ? (await homeOwner(db)).id : id;
}

/** The run that a task comes from; none: a person's, or of a chat that is gone. */
export async function startedBy(db: Db, { parent_run }: Pick<TaskRow, "parent_run">): Promise<Place | undefined> {
  if (parent_run === null) return undefined;
  const columns = ["chat_id as chatId", "task_id as taskId"] as const;
  return db.selectFrom("runs").select(columns).where("id", "=", parent_run).executeTakeFirst();
}

const WORK = ["owner_id", "chat_id", "parent_run", "parent_call"] as const;

export async function workOf(db: Db, taskId: string): Promise<Work | undefined> {
  return db.selectFrom("tasks").select(WORK).where("id", "=", taskId).executeTakeFirst();
}

async function firstTaskOf(db: Db, chatId: string): Promise<Work | undefined> {
  const query = db.selectFrom("tasks").select(WORK).where("chat_id", "=", chatId);
  return query.orderBy("created_at").orderBy("id").limit(1).executeTakeFirst();
}

async function ownerOf(db: Db, chatId: string): Promise<string> {
  return (await db.selectFrom("chats").select("owner_id").where("id", "=", chatId).executeTakeFirstOrThrow()).owner_id;
}
