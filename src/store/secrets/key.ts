import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { SparkyError } from "../../core/errors.ts";
import { fingerprint, SEAL_KEY_BYTES } from "../../core/seal.ts";
import { readNamedFile } from "../../named-file.ts";
import type { Store } from "../database/store.ts";

/**
 * The key that secrets are encrypted by: a file of the home, outside the database and in no backup. Where several nodes share
 * a database each has the same file. The database knows the key's fingerprint, so that another key is told as such.
 */

export const KEY_FILE = "secrets.key";
/** Where the database keeps the fingerprint of the key, in `meta`. */
export const KNOWN_KEY = "secrets_key";

/** The makings of this process: one waits for the other, so that two first secrets at once are of one key. */
let making: Promise<unknown> = Promise.resolve();

/** `make`: where nothing is encrypted yet there is a new one. Throws `unavailable` when it is missing, damaged or another. */
export function sealKey(store: Store, use: "make" | "find"): Promise<Uint8Array> {
  if (use === "find") return keyOf(store, use);
  const made = making.then(() => keyOf(store, use));
  making = made.catch(() => {});
  return made;
}

async function keyOf(store: Store, use: "make" | "find"): Promise<Uint8Array> {
  const path = join(homeOf(store), KEY_FILE);
  const known = await knownKey(store);
  const there = existsSync(path) ? parsedKey(path, readNamedFile(path)) : null;
  if (there !== null && (known === null || known === fingerprint(there))) {
    if (known === null) await setKnownKey(store, there, null);
    return there;
  }
  if (there !== null) {
    throw new SparkyError(
      "unavailable",
      `${path} is another key than the one that this database's secrets were encrypted by`,
      {
        hint: "put the right one back, from the node or the machine where they were set",
      },
    );
  }
  if (known !== null && (use === "find" || (await hasSecrets(store)))) throw missing(path);
  if (use === "find") throw missing(path);
  const key = store.random(SEAL_KEY_BYTES);
  await setKnownKey(store, key, known);
  await writeKey(path, key);
  return key;
}

const missing = (path: string): SparkyError =>
  new SparkyError("unavailable", `${path} is missing, so secrets cannot be decrypted`, {
    hint: "put it back, on each node; if it is lost, remove the secrets and set them again: then there is a new key",
  });

function homeOf({ home }: Store): string {
  if (home !== null) return home;
  throw new SparkyError("unavailable", "there is no home here for the key of the secrets");
}

/** Throws `unavailable` for what is no key. */
export function parsedKey(path: string, text: string): Uint8Array {
  const key = Buffer.from(text.trim(), "base64url");
  if (key.length === SEAL_KEY_BYTES) return key;
  throw new SparkyError("unavailable", `${path} holds no key`, { hint: "put the file back as it was" });
}

/** Before it is used for anything it is on the disk. */
async function writeKey(path: string, key: Uint8Array): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(`${Buffer.from(key).toString("base64url")}\n`);
  await file.sync();
}

async function knownKey({ db }: Store): Promise<string | null> {
  const row = await db.selectFrom("meta").select("value").where("key", "=", KNOWN_KEY).executeTakeFirst();
  return row?.value ?? null;
}

async function hasSecrets({ db }: Store): Promise<boolean> {
  return (await db.selectFrom("secrets").select("name").limit(1).executeTakeFirst()) !== undefined;
}

/** Throws `conflict` when another node has made one meanwhile. */
async function setKnownKey(store: Store, key: Uint8Array, before: string | null): Promise<void> {
  const value = fingerprint(key);
  const done = await store.transact(async ({ db }) => {
    if (before !== null) {
      const { numUpdatedRows } = await db
        .updateTable("meta")
        .set({ value })
        .where("key", "=", KNOWN_KEY)
        .where("value", "=", before)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    }
    await db
      .insertInto("meta")
      .values({ key: KNOWN_KEY, value })
      .onConflict((oc) => oc.doNothing())
      .execute();
    const row = await db.selectFrom("meta").select("value").where("key", "=", KNOWN_KEY).executeTakeFirstOrThrow();
    return row.value === value;
  });
  if (done) return;
  throw new SparkyError("conflict", "another node has just made the key of the secrets", {
    hint: `copy its ${KEY_FILE} into this home`,
  });
}
