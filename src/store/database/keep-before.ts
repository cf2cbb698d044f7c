import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { sql, type Kysely, type Transaction } from "kysely";
import { messageOf, SparkyError } from "../../core/errors.ts";
import { syncFile } from "./sync-file.ts";
import type { Schema } from "./schema.ts";

/**
 * What a database holds is kept before a migration changes it. An older copy of the same schema is replaced: it is from a
 * migration that did not come to its end, or from before somebody went back to the older version.
 */

/** Where the copy of a SQLite database of this schema lies. */
export const keptFile = (database: string, schema: number): string =>
  join(dirname(database), "backups", `before-migration-from-schema-${schema}.db`);

/** The name of the PostgreSQL schema that holds the copy. */
export const keptSchema = (schema: number): string => `sparky_before_migration_from_schema_${schema}`;

/** A file of that name is a whole copy. Returns it. */
export async function keepSqlite(db: Kysely<Schema>, database: string, schema: number): Promise<string> {
  const target = keptFile(database, schema);
  const draft = `${target}.part`;
  try {
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    // Only its owner may read it, from the first byte on.
    closeSync(openSync(draft, "wx", 0o600));
    await sql`VACUUM INTO ${draft}`.execute(db);
    syncFile(draft);
    renameSync(draft, target);
    syncFile(dirname(target));
    return target;
  } catch (cause) {
    rmSync(draft, { force: true });
    throw refused(
      `the copy ${target} could not be made: ${messageOf(cause)}`,
      "make room, or make the folder writable",
      cause,
    );
  }
}

/**
 * Copies every table into a schema beside the one in use, keys, indexes and references included, in the transaction `tx`:
 * renaming the two is a way back. Returns the schema's name.
 */
export async function keepPostgres(tx: Transaction<Schema>, schema: number): Promise<string> {
  const target = keptSchema(schema);
  const into = (table: string) => sql.id(target, table);
  try {
    const { rows: tables } = await sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`.execute(tx);
    // Indexes and keys keep their names, since later migrations call them by these; references come when all keys are there.
    const { rows: indexes } = await sql<{ statement: string }>`
      SELECT pg_get_indexdef(indexrelid, 0, true) AS statement
        FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
          AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
        ORDER BY 1`.execute(tx);
    const { rows: keys } = await sql<{ statement: string }>`
      SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS statement
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u', 'f')
        ORDER BY contype = 'f', 1`.execute(tx);
    const { rows: path } = await sql<{ search_path: string }>`SHOW search_path`.execute(tx);
    await sql`DROP SCHEMA IF EXISTS ${sql.id(target)} CASCADE`.execute(tx);
    await sql`CREATE SCHEMA ${sql.id(target)}`.execute(tx);
    for (const { name } of tables) {
      await sql`CREATE TABLE ${into(name)} (LIKE ${sql.id(name)} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`.execute(tx);
      await sql`INSERT INTO ${into(name)} SELECT * FROM ${sql.id(name)}`.execute(tx);
    }
    // They name their tables without a schema: here they mean the copies.
    await sql`SELECT set_config('search_path', ${target}, true)`.execute(tx);
    for (const { statement } of [...indexes, ...keys]) await sql.raw(statement).execute(tx);
    await sql`SELECT set_config('search_path', ${path[0]?.search_path ?? ""}, true)`.execute(tx);
    return target;
  } catch (cause) {
    throw refused(
      `the copy in the schema ${target} could not be made: ${messageOf(cause)}`,
      "let Sparky's role create schemas: GRANT CREATE ON DATABASE … TO …",
      cause,
    );
  }
}

function refused(why: string, hint: string, cause: unknown): SparkyError {
  return new SparkyError("unavailable", `the database is not brought up to date, since ${why}`, { cause, hint });
}
