import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { SparkyError } from "../../core/errors.ts";
import { lockHolder } from "./sqlite-holder.ts";
import { isBusy } from "./sqlite-patience.ts";

/** Less room than the smallest file that SQLite needs beside a database. */
const NO_ROOM_BYTES = 64 * 1024;

/** The file, its locks, or the machine under it. */
const OUT_OF_SERVICE = /^SQLITE_(IOERR|LOCKED|PROTOCOL|READONLY|CANTOPEN|PERM|AUTH|NOLFS|NOMEM|CORRUPT|NOTADB)/;

/** The translation of every failure on SQLite: see `translated`. */
export function explainSqlite(error: unknown, file: string): unknown {
  if (isBusy(error)) return lockedFile(file);
  if (error instanceof TypeError && /connection is not open/.test(error.message)) {
    return new SparkyError("unavailable", "the database is closed", { cause: error });
  }
  const code = error instanceof Database.SqliteError ? error.code : "";
  if (code === "SQLITE_FULL" || (/^SQLITE_(IOERR|CANTOPEN)/.test(code) && noRoom(file))) {
    return new SparkyError("unavailable", "the disk is full: nothing can be stored", {
      cause: error,
      hint: "make room where SPARKY_HOME is; nothing that was confirmed is lost",
    });
  }
  if (!OUT_OF_SERVICE.test(code)) return error;
  const message = `the database file cannot be read or written: ${(error as Error).message}`;
  return new SparkyError("unavailable", message, { cause: error });
}

/** What is in the file is not what SQLite wrote. */
export function isDamage(error: unknown): error is Error {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

export function lockedFile(file: string): SparkyError {
  return new SparkyError("unavailable", `${lockHolder(file)} keeps ${file} locked`, {
    hint: "wait for it, or end it; nothing that was confirmed is lost",
  });
}

function noRoom(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < NO_ROOM_BYTES;
  } catch {
    return false;
  }
}
