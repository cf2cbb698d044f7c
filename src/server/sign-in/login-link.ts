import { createHash } from "node:crypto";
import { sql } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { newId } from "../../core/ids.ts";
import { audit } from "../../store/audit/audit.ts";
import type { Store } from "../../store/database/store.ts";
import type { LoginLink, User } from "../../wire/api.ts";

export const LINK_SECONDS = 600;
const TOKEN_BYTES = 32;

/**
 * A one-time link that signs `user` in. Its token is kept as a hash, in the row that better-auth's magic link looks for,
 * written here so that a server prints its link without loading the library.
 */
export async function createLoginLink(store: Store, user: User, base: string, by: User = user): Promise<LoginLink> {
  const token = Buffer.from(store.random(TOKEN_BYTES)).toString("base64url");
  const value = JSON.stringify({ type: "magic-link", email: `${user.id}@sparky.invalid` });
  const now = store.clock.now();
  const expiresAt = isoTime(now + LINK_SECONDS * 1000);
  await store.transact(async (tx) => {
    await sql`insert into "verification" ("id", "identifier", "value", "expires_at", "created_at", "updated_at")
        values (${newId(store.random)}, ${identifierOf(token)}, ${value}, ${expiresAt}, ${isoTime(now)}, ${isoTime(now)})
    `.execute(tx.db);
    audit(tx, by, { kind: "sign_in_link.made", thing: user.name });
  });
  return { url: `${base}/login?token=${token}`, expiresAt };
}

export const isLinkToken = (text: string): boolean => /^[\w-]{1,200}$/.test(text);

/** As better-auth's magic link keeps a token. */
const identifierOf = (token: string): string => `magic-link:${createHash("sha256").update(token).digest("base64url")}`;

/** Whom a link would sign in; null when it is unknown, spent or expired. Asking spends nothing. */
export async function nameOfLink(store: Store, token: string): Promise<string | null> {
  if (!isLinkToken(token)) return null;
  const { rows } = await sql<{ value: string }>`
    select "value" from "verification"
    where "identifier" = ${identifierOf(token)} and "expires_at" > ${isoTime(store.clock.now())}
  `.execute(store.db);
  const link = linkSchema.safeParse(rows[0] === undefined ? null : JSON.parse(rows[0].value));
  if (!link.success) return null;
  const user = await store.db.selectFrom("user").select("name").where("email", "=", link.data.email).executeTakeFirst();
  return user?.name ?? null;
}

const linkSchema = z.object({ email: z.string() });
