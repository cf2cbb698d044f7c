import { createHash } from "node:crypto";
import { sql } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { manages } from "../../core/rights.ts";
import { insertAccount, type Account } from "./accounts.ts";
import { isoOf, type LibraryTime } from "./library-time.ts";
import { requireManages } from "./access.ts";
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

/** One that holds still. Its link is not known any more: it was shown when it was made. */
export interface OpenInvite extends Invite {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

const MOST = 200;

export async function createInvite(
  store: Store,
  by: User,
  { name, role }: Pick<Invite, "name" | "role">,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  requireManages(by, role);
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

/** Those that hold still, the newest first, of whichever owner. */
export async function listInvites(store: Store, prefix: string): Promise<readonly OpenInvite[]> {
  const { rows } = await sql<{ id: string; value: string; created_at: LibraryTime; expires_at: LibraryTime }>`
    SELECT id, value, created_at, expires_at FROM "verification"
    WHERE identifier LIKE ${`${PREFIX}%`} AND expires_at > ${isoTime(store.clock.now())}
      AND substr(id, 1, ${prefix.length}) = ${prefix}
    ORDER BY created_at DESC, id LIMIT ${MOST}`.execute(store.db);
  const found = await Promise.all(rows.map(async (row) => ({ row, invite: await shown(store.db, row.value) })));
  return found.flatMap(({ row: { id, created_at, expires_at }, invite }) =>
    invite === null ? [] : [{ id, ...invite, createdAt: isoOf(created_at), expiresAt: isoOf(expires_at) }],
  );
}

/** Its link makes no account any more. Throws `not_found` where it is spent, or was withdrawn before. */
export async function withdrawInvite(store: Store, by: User, id: string): Promise<void> {
  await store.transact(async (tx) => {
    const { rows } = await sql<{ value: string }>`
      DELETE FROM "verification" WHERE id = ${id} AND identifier LIKE ${`${PREFIX}%`} RETURNING value`.execute(tx.db);
    const [row] = rows;
    if (row === undefined) throw notFound(`invitation ${JSON.stringify(id)}`);
    const { name, role } = kept.parse(JSON.parse(row.value));
    requireManages(by, role);
    audit(tx, by, { kind: "user.uninvited", thing: name });
  }, PROMPTLY);
}

async function shown(db: Db, value: string): Promise<Invite | null> {
  const { by, name, role } = kept.parse(JSON.parse(value));
  const maker = db.selectFrom("user").select(["name", "role"]).where("id", "=", by);
  const found = await maker.where(sql<boolean>`NOT banned`).executeTakeFirst();
  return found === undefined || !manages(found.role, role) ? null : { name, role, by: found.name };
}

const PREFIX = "invite:";

const identifierOf = (token: string): string => PREFIX + createHash("sha256").update(token).digest("base64url");
