import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isSparkyError, messageOf } from "../core/errors.ts";
import { fingerprint, unseal } from "../core/seal.ts";
import type { Db } from "../store/database/sql.ts";
import { KEY_FILE, KNOWN_KEY, parsedKey } from "../store/secrets/key.ts";
import { placeOf } from "../store/secrets/secrets.ts";
import { readNamedFile } from "../named-file.ts";
import { fail, ok, warn, type Diagnosis } from "./diagnosis.ts";

/** The key of the secrets: it is there, nobody else's to read, and opens what was encrypted. Whoever has no secrets is told nothing. */
export async function* checkSecrets(db: Db, home: string): AsyncGenerator<Diagnosis> {
  const path = join(home, KEY_FILE);
  const rows = await db.selectFrom("secrets").select(["owner_id", "name", "sealed"]).orderBy("name").execute();
  const known = await db.selectFrom("meta").select("value").where("key", "=", KNOWN_KEY).executeTakeFirst();
  if (!existsSync(path)) {
    if (rows.length === 0) return;
    const lost = `put it back from where they were set; if it is lost: sparky secret remove ${rows[0]?.name}, each of them, and set them again`;
    return yield fail("secrets", `${path} is missing, and ${secrets(rows.length)} encrypted by it`, lost);
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    yield warn("secrets", `${path} can be seen by others (mode ${mode.toString(8)})`, `chmod 600 ${path}`);
  }
  try {
    const key = parsedKey(path, readNamedFile(path));
    if (known !== undefined && known.value !== fingerprint(key)) {
      const what = `${path} is another key than this database's secrets were encrypted by`;
      return yield fail("secrets", what, "put the right one back, from the node or the machine where they were set");
    }
    // Opened to see that it opens: what it holds goes nowhere.
    const damaged = rows.filter((row) => !opens(key, row.sealed, placeOf(row.owner_id, row.name)));
    for (const { name } of damaged) {
      yield fail("secrets", `the secret ${name} cannot be decrypted`, `set it anew: sparky secret set ${name}`);
    }
    if (damaged.length > 0) return;
    const opened = rows.length === 1 ? "the one secret" : `all ${rows.length} secrets`;
    yield ok("secrets", rows.length === 0 ? `${path} is a key, and no secret is set` : `${path} opens ${opened}`);
  } catch (error) {
    const hint = isSparkyError(error) ? error.hint : undefined;
    yield fail("secrets", messageOf(error), hint ?? `look at ${path}`);
  }
}

const secrets = (count: number): string => (count === 1 ? "1 secret is" : `${count} secrets are`);

function opens(key: Uint8Array, sealed: string, place: string): boolean {
  try {
    unseal(key, sealed, place);
    return true;
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    return false;
  }
}
