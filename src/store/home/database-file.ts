import { checkNamedFile } from "../../named-file.ts";
import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { Kysely, sql } from "kysely";
import { messageOf, SparkyError } from "../../core/errors.ts";
import { nothingChecked, type Finding } from "../verify/finding.ts";
import { MIGRATIONS } from "../database/migrate.ts";
import type { Schema } from "../database/schema.ts";
import { OneHandleDialect, OneHandleDriver } from "../database/sqlite-driver.ts";
import { explainSqlite, isDamage, lockedFile } from "../database/sqlite-failures.ts";
import { isBusy, Patience } from "../database/sqlite-patience.ts";
import type { Db } from "../database/sql.ts";
import { translated } from "../database/translated.ts";
import { verifySchema } from "../verify/schema.ts";
import { restingSource, verifyPages, type VerifyPage } from "../verify/verify.ts";

/** A database file that is only looked at: a copied home's, a backup. Nothing in it is changed. */
export interface DatabaseFile extends AsyncDisposable {
  readonly db: Db;
  /** The number of its last migration. */
  readonly schema: number;
  /** The first thing that a quick look finds wrong with the file; null: nothing. */
  quickCheck(): Promise<string | null>;
  /** What is wrong with the file itself. */
  integrity(): Promise<readonly Finding[]>;
  /** What its schema has, or lacks, against the one that the migrations make. */
  foreign(): Promise<readonly Finding[]>;
  /** Writes a copy of this very moment, while others write on. `target` must be an empty file, or none. */
  copyTo(target: string): Promise<void>;
}

/** Throws `not_found`, or `invalid_input` when it is not a Sparky database. `patienceMs`: for another program's lock. */
export async function openFile(file: string, patienceMs?: number): Promise<DatabaseFile> {
  if (!existsSync(file)) throw new SparkyError("not_found", `there is no file ${file}`);
  checkNamedFile(file);
  const patience = new Patience(() => lockedFile(file), patienceMs);
  const { handle, schema } = await patience.wait(async () => openAndRead(file));
  const dialect = new OneHandleDialect(new OneHandleDriver(handle, patience));
  const db = new Kysely<Schema>({ dialect: translated(dialect, (error) => explainSqlite(error, file)) });
  return {
    db,
    schema,
    async quickCheck() {
      const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(1)`.execute(db);
      const found = rows[0]?.quick_check ?? "ok";
      return found === "ok" ? null : found;
    },
    async integrity() {
      const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check(20)`.execute(db);
      return rows.filter((line) => line.integrity_check !== "ok").map((line) => damage(line.integrity_check));
    },
    foreign: () => verifySchema("sqlite", db, schema),
    async copyTo(target) {
      await sql`VACUUM INTO ${target}`.execute(db);
    },
    async [Symbol.asyncDispose]() {
      await db.destroy();
      // Kysely closes only what it has used.
      handle.close();
    },
  };
}

/** Throws SQLite's own error while the file is locked. */
function openAndRead(file: string): { readonly handle: Database.Database; readonly schema: number } {
  let handle: Database.Database | undefined;
  try {
    handle = new Database(file, { readonly: true, timeout: 0 });
    // Whoever made the file may have put a schema into it that calls more than it should.
    handle.pragma("trusted_schema = off");
    return { handle, schema: readSchema(handle) };
  } catch (cause) {
    handle?.close();
    if (isBusy(cause)) throw cause;
    const explained = isDamage(cause) ? cause : explainSqlite(cause, file);
    if (explained instanceof SparkyError) throw explained;
    throw new SparkyError("invalid_input", `${file} is not a Sparky database: ${messageOf(cause)}`, { cause });
  }
}

function readSchema(handle: Database.Database): number {
  const row = handle.prepare<[], { n: number | null }>("select max(number) as n from migrations").get();
  if (typeof row?.n !== "number") throw new Error("it has no schema");
  handle.prepare("select value from meta where key = 'epoch'").get();
  return row.n;
}

const damage = (found: string): Finding => ({
  kind: "file",
  chatId: null,
  seq: null,
  what: "the database file is damaged",
  expected: "a sound file",
  found,
});

/** Verifies the file and all that is in it; what is so damaged that it cannot be read ends it with a finding. */
export async function* verifyFile(file: DatabaseFile): AsyncGenerator<VerifyPage, void, undefined> {
  checkSchema(file.schema);
  try {
    const findings = await file.integrity();
    if (findings.length > 0) yield { findings, checked: nothingChecked(), next: "" };
    yield* verifyPages(restingSource("sqlite", file.db));
  } catch (error) {
    const cause = error instanceof SparkyError && isDamage(error.cause) ? error.cause : error;
    if (!(cause instanceof Database.SqliteError)) throw error;
    yield { findings: [damage(cause.message)], checked: nothingChecked(), next: null };
  }
}

/** Only the schema that this program knows can be verified; an older one can be brought up to date. */
export function checkSchema(schema: number, allowed: "this one" | "older too" = "this one"): void {
  const known = MIGRATIONS.length;
  if (schema === known || (allowed === "older too" && schema > 0 && schema < known)) return;
  const hint = schema < known ? "bring it up to date with: sparky db migrate" : "use the Sparky that wrote it";
  throw new SparkyError("unavailable", `the database has schema ${schema}, and this Sparky knows ${known}`, { hint });
}
