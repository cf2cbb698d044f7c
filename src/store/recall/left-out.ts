import type { Db } from "../database/sql.ts";
import { AGENT_ID } from "../people/user.ts";
import type { Whose } from "../graph/visible.ts";

/**
 * What an answer from memory does not hold, in words, where it may not hold all. The words are the same whether there is anything
 * or not, and never count it: who reads them may not know of it.
 */
export async function leftOut(db: Db, whose: Whose): Promise<{ readonly leftOut?: string }> {
  if (typeof whose !== "string" && whose.within !== null) return { leftOut: OTHERS_READ };
  const id = typeof whose === "string" ? whose : whose.viewer.id;
  const other = await db
    .selectFrom("user")
    .select("id")
    .where("id", "not in", [id, AGENT_ID])
    .limit(1)
    .executeTakeFirst();
  return other === undefined ? {} : { leftOut: OF_OTHERS };
}

const OTHERS_READ =
  "Others can read this chat too, so this is only what everybody here shares and what this chat holds. What is private to its " +
  "owner is not looked at or counted; the owner may ask in a chat of their own, or let it be used here: sparky chats recall CHAT all";
const OF_OTHERS = "What is private to other people here is not shown or counted.";
