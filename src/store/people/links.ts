import { sql } from "kysely";
import type { Db } from "../database/sql.ts";
import { emailOf } from "./users.ts";

/** What lets in whoever has a link lies in the library's table for it: taken back it is gone, and does not come to life again. */

/** Those that sign this user in. */
export async function endLinksFor(db: Db, userId: string): Promise<void> {
  await sql`DELETE FROM "verification" WHERE value LIKE ${`%"email":"${emailOf(userId)}"%`}`.execute(db);
}

/** Invitations that this user has made. */
export async function endInvitesBy(db: Db, userId: string): Promise<void> {
  await sql`DELETE FROM "verification" WHERE value LIKE ${`%"by":"${userId}"%`}`.execute(db);
}
