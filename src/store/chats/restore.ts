import { audit } from "../audit/audit.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { audienceOf, may } from "../people/access.ts";
import { PURGING } from "../endings/purge.ts";
import { getChat, type Chat } from "./chats.ts";
import type { ChatRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";

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
      .where(may(viewer, "restore", "chats"))
      .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate())
      .executeTakeFirst();
    if (chat === undefined || chat.deleted_at === PURGING) throw notFound(`chat ${JSON.stringify(chatId)}`);
    if (chat.deleted_at === null) return;
    const { deleted_at } = chat;
    await refuseUsedKeys(tx, chat, deleted_at);
    await tx.db.updateTable("chats").set({ deleted_at: null }).where("id", "=", chatId).execute();
    await tx.db
      .updateTable("tasks")
      .set({ deleted_at: null })
      .where("chat_id", "=", chatId)
      .where("deleted_at", "=", deleted_at)
      .execute();
    audit(tx, viewer, { kind: "chat.restored", thing: chat.title, chatId });
    const audience = await audienceOf(tx.db, chat);
    tx.changed("chats", audience, chatId);
    tx.changed("tasks", audience);
  });
  return getChat(store, viewer, chatId);
}

/** A key names one chat or task of its owner: one that was made meanwhile has it. */
async function refuseUsedKeys(tx: Tx, chat: ChatRow, deletedAt: number): Promise<void> {
  const sameChat = await tx.db
    .selectFrom("chats")
    .select("key")
    .where("owner_id", "=", chat.owner_id)
    .where("key", "=", chat.key ?? "")
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  const sameTask = await tx.db
    .selectFrom("tasks as gone")
    .innerJoin("tasks as new", (join) =>
      join.onRef("new.owner_id", "=", "gone.owner_id").onRef("new.key", "=", "gone.key"),
    )
    .select("new.key")
    .where("gone.chat_id", "=", chat.id)
    .where("gone.deleted_at", "=", deletedAt)
    .where("new.deleted_at", "is", null)
    .executeTakeFirst();
  const used = sameChat ?? sameTask;
  if (used === undefined) return;
  throw new SparkyError("conflict", `its key ${JSON.stringify(used.key)} is used again meanwhile`, {
    hint: `delete the ${sameChat === undefined ? "task" : "chat"} that has it now, or leave this one deleted`,
  });
}
