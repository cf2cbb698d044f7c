import { sql } from "kysely";
import { expect } from "vitest";
import type { Db } from "../../src/store/database/sql.ts";

/** Waits until so many transactions of this PostgreSQL database, or more, stand before a lock of this table. */
export async function waitingFor(db: Db, table: string, least = 1): Promise<void> {
  const waiting = async (): Promise<number> => {
    const { rows } = await sql<{ readonly n: number }>`
      SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = ${table}::regclass`.execute(db);
    return rows[0]?.n ?? 0;
  };
  await expect.poll(waiting, { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
}
