import { sql, type Kysely, type Transaction } from "kysely";
import { sleep, systemClock } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { keepPostgres, keepSqlite } from "./keep-before.ts";
import type { Schema } from "./schema.ts";
import type { Migration } from "./migrations/migration.ts";
import { start } from "./migrations/0001-start.ts";
import { approvals } from "./migrations/0002-approvals.ts";
import { schedules } from "./migrations/0003-schedules.ts";
import { scheduleRest } from "./migrations/0004-schedule-rest.ts";
import { search } from "./migrations/0005-search.ts";
import { age } from "./migrations/0006-age.ts";
import { descent } from "./migrations/0007-descent.ts";
import { earlyOccurrences } from "./migrations/0008-early-occurrences.ts";
import { mcp } from "./migrations/0009-mcp.ts";
import { questions } from "./migrations/0010-questions.ts";
import { skills } from "./migrations/0011-skills.ts";
import { delegation } from "./migrations/0012-delegation.ts";
import { shell } from "./migrations/0013-shell.ts";
import { scheduleDescent } from "./migrations/0014-schedule-descent.ts";
import { toolSets } from "./migrations/0015-tool-sets.ts";
import { commandRules } from "./migrations/0016-command-rules.ts";
import { secrets } from "./migrations/0017-secrets.ts";
import { mcpSignIns } from "./migrations/0018-mcp-sign-ins.ts";
import { answeredVia } from "./migrations/0019-answered-via.ts";
import { refused } from "./migrations/0020-refused.ts";
import { chatPins } from "./migrations/0021-chat-pins.ts";
import { chatTags } from "./migrations/0022-chat-tags.ts";
import { preferences } from "./migrations/0023-preferences.ts";
import { refusedBy } from "./migrations/0024-refused-by.ts";
import { begunSignIns } from "./migrations/0025-begun-sign-ins.ts";
import { recall } from "./migrations/0026-recall.ts";
import { graphChanges } from "./migrations/0027-graph-changes.ts";
import { whose } from "./migrations/0028-whose.ts";
import { facts } from "./migrations/0029-facts.ts";
import { audit } from "./migrations/0033-audit.ts";
import { tokenScopes } from "./migrations/0034-token-scopes.ts";
import { limits } from "./migrations/0035-limits.ts";
import { approvers } from "./migrations/0036-approvers.ts";
import { chatLinks } from "./migrations/0037-chat-links.ts";
import { passkeys } from "./migrations/0038-passkeys.ts";
import { tasksAtOnce } from "./migrations/0039-tasks-at-once.ts";
import { summaries } from "./migrations/0040-summaries.ts";
import { cachedTokens } from "./migrations/0041-cached-tokens.ts";
import { fallbacks } from "./migrations/0042-fallbacks.ts";
import { files } from "./migrations/0043-files.ts";
import { fileTexts } from "./migrations/0044-file-texts.ts";
import { fileDrafts } from "./migrations/0045-file-drafts.ts";
import { requests } from "./migrations/0046-requests.ts";
import { limitWarnings } from "./migrations/0047-limit-warnings.ts";
import { compactRuns } from "./migrations/0048-compact.ts";
import { taskModels } from "./migrations/0049-task-models.ts";
import { efforts } from "./migrations/0050-efforts.ts";
import { recallVectors } from "./migrations/0030-recall-vectors.ts";
import { accounts } from "./migrations/0031-accounts.ts";
import { apart } from "./migrations/0032-apart.ts";

export const MIGRATIONS: readonly Migration[] = [
  start,
  approvals,
  schedules,
  scheduleRest,
  search,
  age,
  descent,
  earlyOccurrences,
  mcp,
  questions,
  skills,
  delegation,
  shell,
  scheduleDescent,
  toolSets,
  commandRules,
  secrets,
  mcpSignIns,
  answeredVia,
  refused,
  chatPins,
  chatTags,
  preferences,
  refusedBy,
  begunSignIns,
  recall,
  graphChanges,
  whose,
  facts,
  recallVectors,
  accounts,
  apart,
  audit,
  tokenScopes,
  limits,
  approvers,
  chatLinks,
  passkeys,
  tasksAtOnce,
  summaries,
  cachedTokens,
  fallbacks,
  files,
  fileTexts,
  fileDrafts,
  requests,
  limitWarnings,
  compactRuns,
  taskModels,
  efforts,
];

/** Any number that nobody else uses as an advisory lock: nodes that start together migrate one after the other. */
const MIGRATION_LOCK = 4_715_001;

/** How long a table is waited for that somebody uses, how long others then have their turn, and how often that is tried. */
const TABLE_LOCK_MS = 5000;
const TABLE_AGAIN_MS = 1000;
const TABLE_TRIES = 12;
const NEVER = { isLocked: () => false };

/** A database that was brought up to date. */
export interface Upgrade {
  readonly from: number;
  readonly to: number;
  /** Where what it held before is kept: a file, or a schema of the same PostgreSQL database. */
  readonly kept: string;
}

/**
 * Brings the schema up to date, each migration in a transaction of its own, after what was there has been copied. A newer
 * schema than ours is refused. null: nothing was there, or nothing was to be done. `file`: SQLite's database.
 */
export async function migrate(
  db: Kysely<Schema>,
  where: { readonly kind: "sqlite"; readonly file: string } | { readonly kind: "postgres" },
  now: number,
): Promise<Upgrade | null> {
  const to = MIGRATIONS.length;
  const begun = await step(db, where.kind, async (tx, from) => {
    const behind = from > 0 && from < to;
    return { from, kept: behind && where.kind === "postgres" ? await keepPostgres(tx, from) : null, behind };
  });
  const kept = begun.behind && where.kind === "sqlite" ? await keepSqlite(db, where.file, begun.from) : begun.kept;
  for (const migration of MIGRATIONS.filter(({ number }) => number > begun.from)) {
    await step(db, where.kind, async (tx, done) => {
      // Another node may have come first.
      if (migration.number <= done) return;
      for (const statement of migration.statements(where.kind)) await sql.raw(statement).execute(tx);
      await tx.insertInto("migrations").values({ number: migration.number, name: migration.name, at: now }).execute();
    });
  }
  return kept === null ? null : { from: begun.from, to, kept };
}

export function migrationsTable(engine: "sqlite" | "postgres"): string {
  const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
  const strict = engine === "sqlite" ? "STRICT" : "";
  return `CREATE TABLE IF NOT EXISTS migrations
     (number ${int} PRIMARY KEY NOT NULL, name TEXT NOT NULL, at ${int} NOT NULL) ${strict}`;
}

async function hasTable(tx: Transaction<Schema>): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`SELECT to_regclass('migrations') IS NOT NULL AS is`.execute(tx);
  return rows[0]?.is === true;
}

/** One step; on PostgreSQL again and again while somebody uses a table that it changes. */
async function step<T>(
  db: Kysely<Schema>,
  engine: "sqlite" | "postgres",
  body: (tx: Transaction<Schema>, done: number) => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await stepOnce(db, engine, body);
    } catch (error) {
      const { isLocked } = engine === "sqlite" ? NEVER : await import("./postgres-failures.ts");
      if (tried >= TABLE_TRIES || !isLocked(error)) throw error;
      await sleep(systemClock, TABLE_AGAIN_MS);
    }
  }
}

/** One transaction, while no other node migrates; `body` gets the number of the last migration. */
function stepOnce<T>(
  db: Kysely<Schema>,
  engine: "sqlite" | "postgres",
  body: (tx: Transaction<Schema>, done: number) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (tx) => {
    if (engine === "postgres") {
      await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
      // Whoever waits for a table keeps everybody else from it.
      await sql.raw(`SET LOCAL lock_timeout = ${TABLE_LOCK_MS}`).execute(tx);
    }
    // A role that may not make tables can still use those that are there.
    if (engine === "sqlite" || !(await hasTable(tx))) await sql.raw(migrationsTable(engine)).execute(tx);
    const { last } = await tx
      .selectFrom("migrations")
      .select((eb) => eb.fn.max("number").as("last"))
      .executeTakeFirstOrThrow();
    const done = Number(last ?? 0);
    if (done > MIGRATIONS.length) {
      throw new SparkyError("unavailable", `the database was written by a newer Sparky (schema ${done})`, {
        hint: "start that version, or restore a backup made by this one",
      });
    }
    return body(tx, done);
  });
}
