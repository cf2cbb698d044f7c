import { createHash } from "node:crypto";
import { newId } from "../../core/ids.ts";
import type { Schema } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import type { Identity } from "./identity.ts";

/** API tokens: random, shown once, kept only as a hash. */
const PREFIX = "sparky_";
/** How the token in a home's file is called, before the home's name. */
export const TOKEN_FILE = "token file of ";
const SECRET_BYTES = 32;

type TokenRow = Schema["tokens"];

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

export async function createToken(store: Store, userId: string, name: string): Promise<string> {
  const token = PREFIX + Buffer.from(store.random(SECRET_BYTES)).toString("base64url");
  const row = { id: newId(store.random), user_id: userId, name, hash: hashOf(token) };
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
    await insert(db, { id: newId(store.random), user_id: userId, name, hash, created_at: now });
  });
}

function insert(db: Db, row: TokenRow): Promise<unknown> {
  return db
    .insertInto("tokens")
    .values(row)
    .onConflict((oc) => oc.column("hash").doNothing())
    .execute();
}

export async function identityOfToken(store: Store, token: string): Promise<Identity | null> {
  if (!token.startsWith(PREFIX)) return null;
  const row = await store.db
    .selectFrom("tokens")
    .innerJoin("user", "user.id", "tokens.user_id")
    .select(["user.id", "user.name", "user.role", "tokens.id as token_id"])
    .where("tokens.hash", "=", hashOf(token))
    .executeTakeFirst();
  if (row === undefined) return null;
  const { token_id, ...user } = row;
  return { user, credential: { kind: "token", id: token_id } };
}
