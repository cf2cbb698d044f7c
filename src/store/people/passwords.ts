import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { endLinksFor } from "./links.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/** Passwords: only what the account library has made of one, in the library's own table and as it looks for it. */

const PROVIDER = "credential";

export async function passwordHash(db: Db, userId: string): Promise<string | null> {
  const { rows } = await sql<{ password: string | null }>`
    SELECT password FROM "account" WHERE provider_id = ${PROVIDER} AND account_id = ${userId}`.execute(db);
  return rows[0]?.password ?? null;
}

/** Who may sign in and has no password: their names, in order. */
export async function withoutPassword(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM "user" WHERE role <> 'agent' AND NOT banned AND NOT EXISTS (
      SELECT 1 FROM "account" WHERE provider_id = ${PROVIDER} AND account_id = "user".id AND password IS NOT NULL)
    ORDER BY created_at, id`.execute(db);
  return rows.map(({ name }) => name);
}

/**
 * Sets the password; whoever signed in by the one before is signed out, but for the session that asks, and sign-in links that are open do not work. `before`: its hash as it was
 * looked at. The sessions that have ended; null: somebody else has set it meanwhile.
 */
export async function keepPassword(
  tx: Tx,
  { userId, hash, before }: { readonly userId: string; readonly hash: string; readonly before: string | null },
): Promise<readonly string[] | null> {
  const { db } = tx;
  const now = isoTime(tx.now);
  const { rows } = await sql`
    INSERT INTO "account" (id, account_id, provider_id, user_id, password, created_at, updated_at)
    VALUES (${tx.newId()}, ${userId}, ${PROVIDER}, ${userId}, ${hash}, ${now}, ${now})
    ON CONFLICT (provider_id, account_id) DO UPDATE SET password = excluded.password, updated_at = excluded.updated_at
      WHERE "account".password = ${before}
    RETURNING id`.execute(db);
  if (rows.length === 0) return null;
  if (before === null) return [];
  // One that was made by whoever had the password before would let them in again.
  await endLinksFor(db, userId);
  const kept = tx.credential?.kind === "session" ? tx.credential.id : "";
  const ended = await sql<{ id: string }>`
    DELETE FROM "session" WHERE user_id = ${userId} AND id <> ${kept} RETURNING id`.execute(db);
  return ended.rows.map(({ id }) => id);
}
