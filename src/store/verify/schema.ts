import Database from "better-sqlite3";
import { sql } from "kysely";
import { migrationsTable, MIGRATIONS } from "../database/migrate.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind } from "../database/store.ts";
import type { Finding } from "./finding.ts";

/**
 * What a database does by itself is part of its schema: a trigger, a view or an index on an expression acts whenever rows
 * are read or written. So the schema must be what the migrations make, and nothing besides.
 */

/** Statistics that SQLite itself writes when it is asked to: tables without anything that acts, whose names may bear other things. */
const STATISTICS = [
  "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
  "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
];

interface Thing {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

const LIST = 'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ORDER BY type, name';

/** `migration`: the number of the last one that the database has. Empty: the schema is the migrations' own. */
export async function verifySchema(kind: EngineKind, db: Db, migration: number): Promise<readonly Finding[]> {
  if (kind === "postgres") return [...(await actingByItself(db)), ...(await missing(db, migration))];
  const found = byName((await sql.raw<Thing>(LIST).execute(db)).rows);
  const expected = byName(made(migration));
  const findings: Finding[] = [];
  for (const name of new Set([...expected.keys(), ...found.keys()])) {
    const [is, must] = [found.get(name), expected.get(name)];
    if (is !== must) findings.push(finding(name, must ?? "none", is ?? "none"));
  }
  return findings;
}

function byName(things: readonly Thing[]): ReadonlyMap<string, string> {
  const kept = things.filter((thing) => !(thing.type === "table" && STATISTICS.includes(thing.sql ?? "")));
  return new Map(kept.map((thing) => [`the ${thing.type} ${thing.name}`, describe(thing)]));
}

/** White space means nothing in SQL, but within quotes: there a difference shows as the rest does. */
const describe = ({ table, sql: text }: Thing): string =>
  text === null ? `on ${table}` : `on ${table}: ${text.replaceAll(/\s+/g, " ").trim()}`;

const made = (migration: number): readonly Thing[] => ofMigrations<Thing>(migration, LIST);

const answers = new Map<string, readonly unknown[]>();

/** What a query finds in what the migrations make of an empty file: always the same, so each is asked once in a process. */
function ofMigrations<Row>(migration: number, query: string): readonly Row[] {
  const asked = `${migration} ${query}`;
  const rows = (answers.get(asked) as readonly Row[] | undefined) ?? asksMigrations<Row>(migration, query);
  answers.set(asked, rows);
  return rows;
}

function asksMigrations<Row>(migration: number, query: string): readonly Row[] {
  const handle = new Database(":memory:");
  try {
    handle.exec(migrationsTable("sqlite"));
    for (const each of MIGRATIONS) {
      if (each.number <= migration) each.statements("sqlite").forEach((statement) => handle.exec(statement));
    }
    return handle.prepare<[], Row>(query).all();
  } finally {
    handle.close();
  }
}

/** Every column, and every index that a migration makes by name. */
const PARTS = `
  WITH tables AS (SELECT name FROM pragma_table_list
    WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~')
  SELECT 'the column ' || t.name || '.' || c.name AS what FROM tables t JOIN pragma_table_xinfo(t.name) c
  UNION ALL SELECT 'the ' || CASE WHEN i."unique" THEN 'unique ' ELSE '' END || 'index ' || i.name || ' on ' || t.name
    FROM tables t JOIN pragma_index_list(t.name) i WHERE i.origin = 'c'
  ORDER BY 1`;

/**
 * What an operator may add to a server's schema is their own affair, but not what acts on Sparky's tables by itself: also a
 * default, a constraint or an index that calls a function of theirs.
 */
async function actingByItself(db: Db): Promise<readonly Finding[]> {
  const { rows } = await sql<{ what: string; does: string }>`
    SELECT 'the trigger ' || t.tgname || ' on ' || c.relname AS what, pg_get_triggerdef(t.oid) AS does
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
    UNION ALL SELECT 'the rule ' || r.rulename || ' on ' || c.relname, pg_get_ruledef(r.oid)
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    UNION ALL SELECT 'the policy ' || p.polname || ' on ' || c.relname, coalesce(pg_get_expr(p.polqual, p.polrelid), '')
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
      WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT 'the view ' || c.relname, pg_get_viewdef(c.oid)
      FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('v', 'm')
    UNION ALL SELECT 'the ' || pg_describe_object(d.classid, d.objid, 0), 'calls ' || d.refobjid::regprocedure
      FROM pg_depend d JOIN pg_proc f ON f.oid = d.refobjid
      LEFT JOIN pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
      LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
      LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
      JOIN pg_class c ON c.oid = coalesce(a.adrelid, k.conrelid, i.indrelid)
      WHERE d.refclassid = 'pg_proc'::regclass AND f.pronamespace <> 'pg_catalog'::regnamespace
        AND c.relnamespace = current_schema()::regnamespace
    ORDER BY 1`.execute(db);
  return rows.map(({ what, does }) => finding(what, "none", does.replaceAll(/\s+/g, " ").trim()));
}

/** Columns and indexes have the same names on both engines. */
async function missing(db: Db, migration: number): Promise<readonly Finding[]> {
  const { rows } = await sql<{ what: string }>`
    SELECT 'the column ' || c.relname || '.' || a.attname AS what
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT 'the ' || CASE WHEN i.indisunique THEN 'unique ' ELSE '' END || 'index ' || x.relname || ' on ' || c.relname
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
      WHERE c.relnamespace = current_schema()::regnamespace AND i.indisvalid`.execute(db);
  const found = new Set(rows.map(({ what }) => what));
  return ofMigrations<{ what: string }>(migration, PARTS)
    .filter(({ what }) => !found.has(what))
    .map(({ what }) => finding(what, "there", "none"));
}

const finding = (what: string, expected: string, found: string): Finding => ({
  kind: "schema",
  chatId: null,
  seq: null,
  what,
  expected,
  found,
});
