import { statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { SparkyError } from "../../core/errors.ts";

/**
 * A home is its owner's alone: whoever can write there acts as the owner, with a token of their own making, and whoever can
 * read its secrets too. Such a home is refused, not used and not mended in silence.
 */

const WRITE = 0o022;
const ENTER = 0o011;
const ANY = 0o077;

const SECRETS = ["token", "secret", "secrets.key"];
/** What steers or holds everything, where others can come in at all. */
const STEERING = [".env", "tools.json", "mcp.json", "sparky.db", "server.json", "lock"];

/** Throws `forbidden` with the remedy. A home that is not there yet is fine, and so is a system without owners and modes. */
export function checkHome(home: string): void {
  const folder = look(home);
  if (folder === null || process.getuid === undefined) return;
  const uid = process.getuid();
  own(home, folder, uid);
  closed(home, folder, WRITE, "written", 700);
  for (const name of SECRETS) {
    const path = join(home, name);
    const file = look(path);
    if (file === null) continue;
    own(path, file, uid);
    closed(path, file, ANY, (file.mode & WRITE) === 0 ? "read" : "written", 600);
  }
  for (const name of STEERING) {
    const path = join(home, name);
    const file = look(path);
    if (file === null) continue;
    own(path, file, uid);
    if ((folder.mode & ENTER) !== 0) closed(path, file, WRITE, "written", 600);
  }
}

function look(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

function own(path: string, { uid }: Stats, self: number): void {
  if (uid === self) return;
  throw new SparkyError("forbidden", `${path} belongs to somebody else (user ${uid}, and this is user ${self})`, {
    hint: `run Sparky as its owner, give it to yourself with: chown -R ${self} ${path}, or set SPARKY_HOME to a folder of your own`,
  });
}

function closed(path: string, { mode }: Stats, bits: number, what: "read" | "written", right: number): void {
  if ((mode & bits) === 0) return;
  const now = (mode & 0o777).toString(8).padStart(3, "0");
  throw new SparkyError("forbidden", `${path} can be ${what} by others (mode ${now}), who could then act as you`, {
    hint: `look at what is in it, then: chmod ${right} ${path}`,
  });
}
