import { sql } from "kysely";
import { expect, test } from "vitest";
import { postgres, sqlite } from "../../../test/kit/databases.ts";
import { MIGRATIONS } from "./migrate.ts";
import type { Store } from "./store.ts";

/** The schema as the engine itself tells it, in one text: what a review sees when a migration changes it. */
async function dumpSqlite(store: Store): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name`.execute(
    store.db,
  );
  return rows.map((row) => `${row.sql.replace(/\s+/g, " ")};\n`).join("");
}

async function dumpPostgres(store: Store): Promise<string> {
  const columns = await sql<{ line: string }>`
    SELECT table_name || '.' || column_name || ' ' || data_type ||
      CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || coalesce(' default ' || column_default, '') AS line
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name`.execute(store.db);
  const constraints = await sql<{ line: string }>`
    SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) AS line
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1`.execute(store.db);
  const indexes = await sql<{ line: string }>`
    SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname`.execute(store.db);
  return [columns, constraints, indexes].map(({ rows }) => rows.map((row) => `${row.line}\n`).join("")).join("\n");
}

test("the schema of SQLite is the one on record", async () => {
  await expect(await dumpSqlite(await sqlite.store())).toMatchFileSnapshot("../../../test/golden/schema-sqlite.sql");
});

test("the schema of PostgreSQL is the one on record", async () => {
  await expect(await dumpPostgres(await postgres.store())).toMatchFileSnapshot(
    "../../../test/golden/schema-postgres.txt",
  );
});

test("the tables of SQLite are strict, every one", async () => {
  const { rows } = await sql<{ name: string; strict: number }>`
    SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
      AND name NOT LIKE 'sqlite_%'`.execute((await sqlite.store()).db);
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => row.strict !== 1)).toEqual([]);
});

test("migrations are numbered from 1 without gaps", () => {
  expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, i) => i + 1));
});
