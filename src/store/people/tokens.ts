import { createHash } from "node:crypto";
import { sql } from "kysely";
import { newId } from "../../core/ids.ts";
import { SCOPES, type Scope } from "../../core/scopes.ts";
import type { TokenRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import type { Identity } from "./identity.ts";

/** API tokens: random, shown once, kept only as a hash. */
const PREFIX = "sparky_";
const SECRET_BYTES = 32;

export const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

export const freshToken = (store: Store): string =>
  PREFIX + Buffer.from(store.random(SECRET_BYTES)).toString("base64url");

/** May do everything, for ever. */
const UNLIMITED = { scopes: null, expires_at: null, last_used_at: null } as const;

export async function createToken(store: Store, userId: string, name: string): Promise<string> {
  const token = freshToken(store);
  const row = { id: newId(store.random), user_id: userId, name, hash: hashOf(token), ...UNLIMITED };
  await store.transact(({ db, now }) => insert(db, { ...row, created_at: now }));
  return token;
}

/**
 * Lets in the token that the file of this name holds now, and no longer one that it held before: who deletes the file has
 * changed the token.
 */
export async function setToken(store: Store, userId: string, name: string, token: string): Promise<void> {
  const hash = hashOf(token);
  await store.transact(async ({ db, now }) => {
    await db
      .deleteFrom("tokens")
      .where("user_id", "=", userId)
      .where("name", "=", name)
      .where("hash", "!=", hash)
      .execute();
    await insert(db, { id: newId(store.random), user_id: userId, name, hash, created_at: now, ...UNLIMITED });
  });
}

function insert(db: Db, row: TokenRow): Promise<unknown> {
  return db
    .insertInto("tokens")
    .values(row)
    .onConflict((oc) => oc.column("hash").doNothing())
    .execute();
}

/** That it was used is kept to the minute. */
const USED_MS = 60_000;

export async function identityOfToken(store: Store, token: string): Promise<Identity | null> {
  if (!token.startsWith(PREFIX)) return null;
  const now = store.clock.now();
  const row = await store.db
    .selectFrom("tokens")
    .innerJoin("user", "user.id", "tokens.user_id")
    .select(["user.id", "user.name", "user.role", "tokens.id as token_id", "tokens.scopes", "tokens.last_used_at"])
    .where("tokens.hash", "=", hashOf(token))
    .where(sql<boolean>`NOT "user".banned`)
    .where((eb) => eb.or([eb("tokens.expires_at", "is", null), eb("tokens.expires_at", ">", now)]))
    .executeTakeFirst();
  if (row === undefined) return null;
  const { token_id, scopes, last_used_at, ...user } = row;
  // Nobody waits for it, and nothing hangs on it.
  if (last_used_at === null || last_used_at < now - USED_MS) used(store, token_id).catch(() => {});
  return { user, credential: { kind: "token", id: token_id }, scopes: scopesOf(scopes) };
}

async function used(store: Store, id: string): Promise<void> {
  await store.transact(({ db, now }) =>
    db.updateTable("tokens").set({ last_used_at: now }).where("id", "=", id).execute(),
  );
}

export const scopesOf = (text: string | null): readonly Scope[] | null =>
  text === null ? null : SCOPES.filter((scope) => text.split(" ").includes(scope));
