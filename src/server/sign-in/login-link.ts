import { createHash } from "node:crypto";
import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { newId } from "../../core/ids.ts";
import type { Store } from "../../store/database/store.ts";
import type { LoginLink, User } from "../../wire/api.ts";

export const LINK_SECONDS = 600;
const TOKEN_BYTES = 32;

/**
 * A one-time link that signs `user` in. Its token is kept as a hash, in the row that better-auth's magic link looks for,
 * written here so that a server prints its link without loading the library.
 */
export async function createLoginLink(store: Store, user: User, base: string): Promise<LoginLink> {
  const token = Buffer.from(store.random(TOKEN_BYTES)).toString("base64url");
  const hash = createHash("sha256").update(token).digest("base64url");
  const value = JSON.stringify({ type: "magic-link", email: `${user.id}@sparky.invalid` });
  const now = store.clock.now();
  const expiresAt = isoTime(now + LINK_SECONDS * 1000);
  await store.transact(({ db }) =>
    sql`insert into "verification" ("id", "identifier", "value", "expires_at", "created_at", "updated_at")
        values (${newId(store.random)}, ${`magic-link:${hash}`}, ${value}, ${expiresAt}, ${isoTime(now)}, ${isoTime(now)})
    `.execute(db),
  );
  return { url: `${base}/login?token=${token}`, expiresAt };
}
