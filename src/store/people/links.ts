import { sql } from "kysely";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";
import { emailOf } from "./users.ts";

/** What lets in whoever has a link: taken back it does not come to life again. Those to sign in and invitations lie in the library's table. */

/** Those that sign this user in. */
export async function endLinksFor(db: Db, userId: string): Promise<void> {
  await sql`DELETE FROM "verification" WHERE value LIKE ${`%"email":"${emailOf(userId)}"%`}`.execute(db);
}

/** Invitations that this user has made. */
export async function endInvitesBy(db: Db, userId: string): Promise<void> {
  await sql`DELETE FROM "verification" WHERE value LIKE ${`%"by":"${userId}"%`}`.execute(db);
}

/** Links to chats that this user has made. */
export async function endChatLinksBy({ db, now }: Tx, userId: string): Promise<void> {
  const theirs = db.updateTable("chat_links").set({ revoked_at: now }).where("made_by", "=", userId);
  await theirs.where("revoked_at", "is", null).execute();
}
