import { notFound } from "../core/errors.ts";
import { audienceOf, mayWrite } from "./access.ts";
import { getChat, type Chat } from "./chats.ts";
import type { Store } from "./store.ts";
import type { User } from "./user.ts";

/**
 * Takes a deletion back while nothing is purged yet: the chat and the tasks that went with it are there again. What was
 * cancelled stays so.
 */
export async function restoreChat(store: Store, viewer: User, chatId: string): Promise<Chat> {
  await store.transact(async (tx) => {
    const chat = await tx.db
      .selectFrom("chats")
      .selectAll()
      .where("id", "=", chatId)
      .$if(tx.kind === "postgres", (query) => query.forUpdate())
      .executeTakeFirst();
    if (chat === undefined || !(await mayWrite(tx.db, viewer, chat))) throw notFound(`chat ${JSON.stringify(chatId)}`);
    if (chat.deleted_at === null) return;
    const { deleted_at } = chat;
    await tx.db.updateTable("chats").set({ deleted_at: null }).where("id", "=", chatId).execute();
    await tx.db
      .updateTable("tasks")
      .set({ deleted_at: null })
      .where("chat_id", "=", chatId)
      .where("deleted_at", "=", deleted_at)
      .execute();
    const audience = await audienceOf(tx.db, chat);
    tx.changed("chats", audience, chatId);
    tx.changed("tasks", audience);
  });
  return getChat(store, viewer, chatId);
}
