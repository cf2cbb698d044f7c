import { sql, type Kysely } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import type { Schema } from "./schema.ts";
import type { Migration } from "./migrations/migration.ts";
import { start } from "./migrations/0001-start.ts";
import { approvals } from "./migrations/0002-approvals.ts";
import { schedules } from "./migrations/0003-schedules.ts";
import { scheduleRest } from "./migrations/0004-schedule-rest.ts";
import { search } from "./migrations/0005-search.ts";

export const MIGRATIONS: readonly Migration[] = [start, approvals, schedules, scheduleRest, search];

/** Any number that nobody else uses as an advisory lock: nodes that start together migrate one after the other. */
const MIGRATION_LOCK = 4_715_001;

/** Brings the schema up to date, each migration in a transaction of its own. A newer schema than ours is refused. */
export async function migrate(db: Kysely<Schema>, engine: "sqlite" | "postgres", now: number): Promise<void> {
  const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
  const strict = engine === "sqlite" ? "STRICT" : "";
  for (const migration of [undefined, ...MIGRATIONS]) {
    await db.transaction().execute(async (tx) => {
      if (engine === "postgres") await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
      await sql
        .raw(
          `CREATE TABLE IF NOT EXISTS migrations
             (number ${int} PRIMARY KEY NOT NULL, name TEXT NOT NULL, at ${int} NOT NULL) ${strict}`,
        )
        .execute(tx);
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
      if (migration === undefined || migration.number <= done) return;
      for (const statement of migration.statements(engine)) await sql.raw(statement).execute(tx);
      await tx.insertInto("migrations").values({ number: migration.number, name: migration.name, at: now }).execute();
    });
  }
}
