import { createHash } from "node:crypto";
import { sql } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { insertAccount, type Account } from "./accounts.ts";
import { keepPassword } from "./passwords.ts";
import { getUserByName } from "./users.ts";
import { audit } from "../audit/audit.ts";
import type { User } from "./user.ts";
import type { Db } from "../database/sql.ts";
import { PROMPTLY, type Store } from "../database/store.ts";

/**
 * Invitations: whoever has the link makes an account of their own with it, once, within seven days. Its token is kept as a hash
 * only, beside those of sign-in links. It holds as long as who has made it may invite.
 */

const INVITE_MS = 7 * 86_400_000;
const TOKEN_BYTES = 32;

const kept = z.object({
  type: z.literal("invite"),
  name: z.string(),
  role: z.enum(["owner", "admin", "member", "viewer"]),
  by: z.string(),
});

export interface Invite {
  /** What whoever invites calls them. */
  readonly name: string;
  readonly role: z.infer<typeof kept>["role"];
  /** Who invites, by name. */
  readonly by: string;
}

export async function createInvite(
  store: Store,
  by: User,
  { name, role }: Pick<Invite, "name" | "role">,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  if ((await getUserByName(store, name)) !== null) {
    throw new SparkyError("conflict", `somebody here is called ${name} already`, {
      hint: `who has an account signs in by a password: sparky user set-password ${name}`,
    });
  }
  const token = Buffer.from(store.random(TOKEN_BYTES)).toString("base64url");
  const value = JSON.stringify({ type: "invite", name, role, by: by.id } satisfies z.infer<typeof kept>);
  const expiresAt = await store.transact(async (tx) => {
    const until = isoTime(tx.now + INVITE_MS);
    await sql`
      INSERT INTO "verification" (id, identifier, value, expires_at, created_at, updated_at)
      VALUES (${tx.newId()}, ${identifierOf(token)}, ${value}, ${until}, ${isoTime(tx.now)}, ${isoTime(tx.now)})`.execute(
      tx.db,
    );
    audit(tx, by, { kind: "user.invited", thing: name, detail: role });
    return until;
  }, PROMPTLY);
  return { token, expiresAt };
}

/** Null when it is unknown, spent or expired, or its maker may not invite any more. Asking spends nothing. */
export async function findInvite(store: Store, token: string): Promise<Invite | null> {
  const { rows } = await sql<{ value: string }>`
    SELECT value FROM "verification"
    WHERE identifier = ${identifierOf(token)} AND expires_at > ${isoTime(store.clock.now())}`.execute(store.db);
  return rows[0] === undefined ? null : shown(store.db, rows[0].value);
}

/** The account, with its password; null as for `findInvite`. Where somebody has the name it throws `conflict`, and nothing is spent. */
export async function acceptInvite(
  store: Store,
  token: string,
  { name, hash }: { readonly name: string; readonly hash: string },
): Promise<Account | null> {
  return store.transact(async (tx) => {
    const { rows } = await sql<{ value: string }>`
      DELETE FROM "verification"
      WHERE identifier = ${identifierOf(token)} AND expires_at > ${isoTime(tx.now)} RETURNING value`.execute(tx.db);
    const invite = rows[0] === undefined ? null : await shown(tx.db, rows[0].value);
    if (invite === null) return null;
    const account = await insertAccount(tx, name, invite.role);
    await keepPassword(tx, { userId: account.id, hash, before: null });
    audit(tx, account, {
      kind: "user.joined",
      thing: name,
      detail: `${invite.role}, invited by ${invite.by}`,
      via: "link",
    });
    return account;
  }, PROMPTLY);
}

async function shown(db: Db, value: string): Promise<Invite | null> {
  const { by, name, role } = kept.parse(JSON.parse(value));
  const maker = db.selectFrom("user").select("name").where("id", "=", by).where("role", "=", "owner");
  const found = await maker.where(sql<boolean>`NOT banned`).executeTakeFirst();
  return found === undefined ? null : { name, role, by: found.name };
}

const identifierOf = (token: string): string => `invite:${createHash("sha256").update(token).digest("base64url")}`;
