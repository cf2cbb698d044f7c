import { chatFor } from "../people/access.ts";
import type { User } from "../people/user.ts";
import type { Store } from "../database/store.ts";

/** Pins a chat for the viewer alone, or takes the pin away. */
export async function pinChat(store: Store, viewer: User, chatId: string, pinned: boolean): Promise<void> {
  await chatFor(store.db, viewer, "mark", chatId);
  await store.transact(async (tx) => {
    if (pinned) {
      const row = { chat_id: chatId, user_id: viewer.id, at: tx.now };
      await tx.db
        .insertInto("chat_pins")
        .values(row)
        .onConflict((oc) => oc.doNothing())
        .execute();
    } else {
      await tx.db.deleteFrom("chat_pins").where("chat_id", "=", chatId).where("user_id", "=", viewer.id).execute();
    }
    tx.changed("chats", [viewer.id], chatId);
  });
}
