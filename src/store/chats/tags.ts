import { SparkyError } from "../../core/errors.ts";
import { MOST_TAGS, MOST_TAGS_ON_CHAT } from "../../core/tags.ts";
import { chatFor, lockChatFor, may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import type { Db } from "../database/sql.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";

export interface TagChange {
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** Puts tags on a chat for the viewer alone, and takes others away; answers with all that it has then. Tags come tidied. */
export async function tagChat(
  store: Store,
  viewer: User,
  chatId: string,
  { add = [], remove = [] }: TagChange,
): Promise<readonly string[]> {
  if (add.length + remove.length === 0) {
    await chatFor(store.db, viewer, "mark", chatId);
    return tagsOf(store.db, viewer, chatId);
  }
  return store.transact(async (tx) => {
    // Under its lock, so that two at once cannot put more on it than there may be.
    await lockChatFor(tx, viewer, "mark", chatId);
    if (remove.length > 0) {
      const mine = tx.db.deleteFrom("chat_tags").where("chat_id", "=", chatId).where("user_id", "=", viewer.id);
      await mine.where("tag", "in", remove).execute();
    }
    if (add.length > 0) await put(tx, viewer, chatId, add);
    tx.changed("chats", [viewer.id], chatId);
    return tagsOf(tx.db, viewer, chatId);
  }, PROMPTLY);
}

async function put(tx: Tx, viewer: User, chatId: string, add: readonly string[]): Promise<void> {
  await tx.db
    .insertInto("chat_tags")
    .values([...new Set(add)].map((tag) => ({ chat_id: chatId, user_id: viewer.id, tag })))
    .onConflict((oc) => oc.doNothing())
    .execute();
  const { here, all } = await tx.db
    .selectFrom("chat_tags")
    .select((eb) => [
      eb.fn.count<number>("tag").filterWhere("chat_id", "=", chatId).as("here"),
      eb.fn.count<number>("tag").distinct().as("all"),
    ])
    .where("user_id", "=", viewer.id)
    .executeTakeFirstOrThrow();
  if (Number(here) > MOST_TAGS_ON_CHAT) {
    throw new SparkyError("invalid_input", `a chat has at most ${MOST_TAGS_ON_CHAT} tags`, { hint: "take one away" });
  }
  if (Number(all) > MOST_TAGS) {
    throw new SparkyError("invalid_input", `you have ${MOST_TAGS} different tags, and there can be no more`, {
      hint: "use one that you have: `sparky chats tags`",
    });
  }
}

async function tagsOf(db: Db, viewer: User, chatId: string): Promise<readonly string[]> {
  return (await tagsOfChats(db, viewer, [chatId])).get(chatId) ?? [];
}

/** In the order of the alphabet, by the chat's id. */
export async function tagsOfChats(
  db: Db,
  viewer: User,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom("chat_tags")
    .select(["chat_id", "tag"])
    .where("user_id", "=", viewer.id)
    .where("chat_id", "in", ids)
    .execute();
  const tags = Map.groupBy(rows, (row) => row.chat_id);
  return new Map([...tags].map(([id, each]) => [id, each.map(({ tag }) => tag).toSorted()]));
}

/** The tags that the viewer uses, and on how many chats. */
export async function listTags(store: Store, viewer: User): Promise<readonly { tag: string; chats: number }[]> {
  const rows = await store.db
    .selectFrom("chat_tags")
    .innerJoin("chats", "chats.id", "chat_tags.chat_id")
    .select((eb) => ["chat_tags.tag", eb.fn.countAll<number>().as("chats")])
    .where("chat_tags.user_id", "=", viewer.id)
    .where(may(viewer, "see", "chats"))
    .groupBy("chat_tags.tag")
    .execute();
  // By the letters' numbers, on both engines alike.
  return rows
    .map(({ tag, chats }) => ({ tag, chats: Number(chats) }))
    .toSorted((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
}
