import { readNamedFile } from "../../named-file.ts";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SparkyError } from "../../core/errors.ts";
import type { RandomBytes } from "../../core/ids.ts";
import type { Store } from "../database/store.ts";
import { checkHome } from "./guard.ts";

/** The files of a home beside the database. Everything in it is for its owner's eyes only. */

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const SECRET_BYTES = 32;

/** Throws, saying what to do: `unavailable` when the folder cannot be made or written, `forbidden` when it is open to others. */
export function prepareHome(home: string): void {
  checkHome(home);
  try {
    // A folder that was there before keeps its mode: what is written into it is private by itself.
    process.umask(0o077);
    makeFolder(home);
    for (const folder of ["logs", "workspace"]) makeFolder(join(home, folder));
    const probe = join(home, `.writable-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (cause) {
    throw new SparkyError("unavailable", `cannot use ${home} as Sparky's folder: ${(cause as Error).message}`, {
      cause,
      hint: "set SPARKY_HOME to a folder that you may write to",
    });
  }
}

/** One folder at a time: where a file system refuses new folders, Node's own recursion never ends. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: PRIVATE_FOLDER });
}

/** Written whole or not at all: a reader never sees half a file. */
export function writePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: PRIVATE_FILE });
  renameSync(draft, path);
}

function readOrMake(path: string, make: () => string): string {
  if (existsSync(path)) {
    const text = readNamedFile(path).trim();
    if (text !== "") return text;
  }
  const text = make();
  writePrivate(path, `${text}\n`);
  return text;
}

/** The local owner's API token, made at the first start. */
export function ownerToken(home: string, random: RandomBytes): string {
  return readOrMake(join(home, "token"), () => `sparky_${Buffer.from(random(SECRET_BYTES)).toString("base64url")}`);
}

/** Signs cookies: a file of the home, or a row where several nodes must agree on it. */
export async function cookieSecret(store: Store, home: string): Promise<string> {
  const make = (): string => Buffer.from(store.random(SECRET_BYTES)).toString("base64url");
  if (store.kind === "sqlite") return readOrMake(join(home, "secret"), make);
  return store.transact(async ({ db }) => {
    const value = make();
    await db
      .insertInto("meta")
      .values({ key: "secret", value })
      .onConflict((oc) => oc.doNothing())
      .execute();
    const row = await db.selectFrom("meta").select("value").where("key", "=", "secret").executeTakeFirstOrThrow();
    return row.value;
  });
}
