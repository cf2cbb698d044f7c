import { sql } from "kysely";
import type { ChatEvent } from "../../core/events.ts";
import { may } from "../people/access.ts";
import type { Db } from "../database/sql.ts";
import type { Claimed } from "./claim.ts";

/**
 * Why a turn answers nobody: all who wrote what it would be the first to read may not write in its chat any more. null: it is for
 * somebody. What a turn has begun to answer is its chat's owner's to stop.
 */
export async function turnedAway(
  db: Db,
  { run, chat, task }: Pick<Claimed, "run" | "chat" | "task">,
  events: readonly ChatEvent[],
): Promise<string | null> {
  if (task !== null || run.step > 0 || run.purpose !== null) return null;
  const said = events.filter(
    (event) => event.type === "message" && event.data.role === "user" && event.taskId === null,
  );
  const newest = said.at(-1)?.actor;
  if (newest?.kind !== "user" || newest.id === chat.owner_id || (await mayWrite(db, newest.id, chat.id))) return null;
  const read = await db
    .selectFrom("runs")
    .select((eb) => eb.fn.max("read_seq").as("seq"))
    .where("chat_id", "=", chat.id)
    .where("task_id", "is", null)
    .executeTakeFirst();
  const unread = said.filter(({ seq }) => seq > Number(read?.seq ?? 0));
  for (const id of new Set(unread.map(({ actor }) => actor.id))) if (await mayWrite(db, id, chat.id)) return null;
  return `${newest.name} may not write here any more`;
}

async function mayWrite(db: Db, userId: string, chatId: string): Promise<boolean> {
  const user = await db
    .selectFrom("user")
    .select(["id", "name", "role"])
    .where("id", "=", userId)
    .where(sql<boolean>`NOT banned`)
    .executeTakeFirst();
  if (user === undefined) return false;
  const chat = db
    .selectFrom("chats")
    .select("id")
    .where("id", "=", chatId)
    .where(may(user, "write", "chats"));
  return (await chat.executeTakeFirst()) !== undefined;
}
