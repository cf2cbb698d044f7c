import type { Store } from "../database/store.ts";

/** Sign-ins at tool servers that a browser is on its way from: each is gone on with once, on whichever node it comes back. */

interface BegunRow {
  readonly word_hash: string;
  readonly server: string;
  readonly user_id: string;
  readonly sealed: string;
}

/** Those that nobody came back from are forgotten with the next. */
export function keepBegun(store: Store, row: BegunRow, forMs: number): Promise<void> {
  return store.transact(async ({ db, now }) => {
    await db.deleteFrom("mcp_begun_sign_ins").where("until", "<", now).execute();
    await db
      .insertInto("mcp_begun_sign_ins")
      .values({ ...row, until: now + forMs })
      .execute();
  });
}

/** null: none is known, or its time is over. */
export async function begunRow(store: Store, wordHash: string): Promise<BegunRow | null> {
  const row = await store.db
    .selectFrom("mcp_begun_sign_ins")
    .selectAll()
    .where("word_hash", "=", wordHash)
    .where("until", ">=", store.clock.now())
    .executeTakeFirst();
  return row ?? null;
}

/** False: somebody else has gone on with it. */
export function takeBegun(store: Store, wordHash: string): Promise<boolean> {
  return store.transact(async ({ db }) => {
    const { numDeletedRows } = await db
      .deleteFrom("mcp_begun_sign_ins")
      .where("word_hash", "=", wordHash)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  });
}
