import type { Db } from "../database/sql.ts";
import type { User } from "../people/user.ts";

const MOST = 20;

/** The models that this person's chats have been given, those of the latest chats first. */
export async function chosenModels(db: Db, viewer: User): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("chats")
    .select("model")
    .select((eb) => eb.fn.max("last_event_at").as("latest"))
    .where("owner_id", "=", viewer.id)
    .where("model", "is not", null)
    .where("deleted_at", "is", null)
    .groupBy("model")
    .orderBy("latest", "desc")
    .limit(MOST)
    .execute();
  return rows.flatMap(({ model }) => model ?? []);
}
