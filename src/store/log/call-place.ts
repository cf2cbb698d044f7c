import type { Db } from "../database/sql.ts";

/** A call runs soon after it was asked for: what lies farther back is not looked through. */
const LOOKED_BACK = 1000;

/** The `seq` of the event by which a run asks for a call; null: it lies too far back. */
export async function placeOfCall(
  db: Db,
  { chatId, runId, callId }: { readonly chatId: string; readonly runId: string; readonly callId: string },
): Promise<number | null> {
  const chat = await db.selectFrom("chats").select("head").where("id", "=", chatId).executeTakeFirst();
  if (chat === undefined) return null;
  const row = await db
    .selectFrom("events")
    .select("seq")
    .where("chat_id", "=", chatId)
    .where("seq", ">", chat.head - LOOKED_BACK)
    .where("type", "=", "tool_use")
    .where("run_id", "=", runId)
    .where("body", "like", `%${JSON.stringify(callId)}%`)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? null;
}
