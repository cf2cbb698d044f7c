import type { User } from "../people/user.ts";
import type { Tx } from "../database/store.ts";

/**
 * Lets the memory of the viewer, and of nobody else, be used by runs in a chat that others read, or takes that back. false: it is
 * so already.
 */
export async function openMemory({ db }: Tx, viewer: User, chatId: string, open: boolean): Promise<boolean> {
  const row = { chat_id: chatId, user_id: viewer.id };
  const insert = db
    .insertInto("chat_memory")
    .values(row)
    .onConflict((oc) => oc.doNothing());
  const remove = db.deleteFrom("chat_memory").where("chat_id", "=", chatId).where("user_id", "=", viewer.id);
  const changed = await (open ? insert.returning("user_id").execute() : remove.returning("user_id").execute());
  return changed.length > 0;
}
