import { createHash } from "node:crypto";
import { newId } from "../core/ids.ts";
import type { Store } from "./store.ts";
import type { User } from "./user.ts";

/** API tokens: random, shown once, kept only as a hash. */
const PREFIX = "sparky_";
const SECRET_BYTES = 32;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

export async function createToken(store: Store, userId: string, name: string): Promise<string> {
  const token = PREFIX + Buffer.from(store.random(SECRET_BYTES)).toString("base64url");
  await addToken(store, userId, name, token);
  return token;
}

/** Lets a token in that was made before: the owner's, whose file outlives a database that is wiped. */
export async function addToken(store: Store, userId: string, name: string, token: string): Promise<void> {
  await store.transact(({ db, now }) =>
    db
      .insertInto("tokens")
      .values({ id: newId(store.random), user_id: userId, name, hash: hashOf(token), created_at: now })
      .onConflict((oc) => oc.column("hash").doNothing())
      .execute(),
  );
}

export async function userOfToken(store: Store, token: string): Promise<User | null> {
  if (!token.startsWith(PREFIX)) return null;
  const row = await store.db
    .selectFrom("tokens")
    .innerJoin("user", "user.id", "tokens.user_id")
    .select(["user.id", "user.name", "user.role"])
    .where("tokens.hash", "=", hashOf(token))
    .executeTakeFirst();
  return row ?? null;
}
