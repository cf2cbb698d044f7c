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
  if (kind === "postgres") return actingByItself(db);
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

/** What the migrations make of an empty file. */
function made(migration: number): readonly Thing[] {
  const handle = new Database(":memory:");
  try {
    handle.exec(migrationsTable("sqlite"));
    for (const each of MIGRATIONS) {
      if (each.number <= migration) each.statements("sqlite").forEach((statement) => handle.exec(statement));
    }
    return handle.prepare<[], Thing>(LIST).all();
  } finally {
    handle.close();
  }
}

/** What an operator may add to a server's schema is their own affair, but not what acts on Sparky's tables by itself. */
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
    ORDER BY 1`.execute(db);
  return rows.map(({ what, does }) => finding(what, "none", does.replaceAll(/\s+/g, " ").trim()));
}

const finding = (what: string, expected: string, found: string): Finding => ({
  kind: "schema",
  chatId: null,
  seq: null,
  what,
  expected,
  found,
});
