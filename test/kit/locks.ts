import { sql } from "kysely";
import { expect } from "vitest";
import { setImmediate } from "node:timers/promises";
import type { Db } from "../../src/store/database/sql.ts";
import type { Store } from "../../src/store/database/store.ts";

/** Waits until so many transactions of this PostgreSQL database, or more, stand before a lock of this table. */
export async function waitingFor(db: Db, table: string, least = 1): Promise<void> {
  const waiting = async (): Promise<number> => {
    const { rows } = await sql<{ readonly n: number }>`
      SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = ${table}::regclass`.execute(db);
    return rows[0]?.n ?? 0;
  };
  await expect.poll(waiting, { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
}

/**
 * Called within a transaction: waits until so many others of this database stand before its locks. On SQLite they do as soon as they
 * are asked for: they have not begun.
 */
export async function othersWait({ kind, db }: Pick<Store, "kind" | "db">, least = 1): Promise<void> {
  if (kind === "sqlite") {
    await setImmediate();
    return;
  }
  const waiting = async (): Promise<number> => {
    const { rows } = await sql<{ readonly n: number }>`
      SELECT count(DISTINCT l.pid)::int AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE NOT l.granted AND a.datname = current_database()`.execute(db);
    return rows[0]?.n ?? 0;
  };
  await expect.poll(waiting, { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
}
