import type { Store } from "../database/store.ts";

/** A person's sign-in at a tool server, as it is kept: sealed. */

export async function sealedSignIn(store: Store, server: string, userId: string): Promise<string | null> {
  const row = await store.db
    .selectFrom("mcp_sign_ins")
    .select("sealed")
    .where("server", "=", server)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row?.sealed ?? null;
}

/**
 * Keeps `next` in the place of `last`, durable before it returns. False: somebody has kept another meanwhile, or the server is
 * gone.
 */
export function keepSignIn(
  store: Store,
  { server, userId, last, next }: { server: string; userId: string; last: string | null; next: string },
): Promise<boolean> {
  return store.transact(async ({ db }) => {
    if (last !== null) {
      const { numUpdatedRows } = await db
        .updateTable("mcp_sign_ins")
        .set({ sealed: next })
        .where("server", "=", server)
        .where("user_id", "=", userId)
        .where("sealed", "=", last)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    }
    const known = await db.selectFrom("mcp_servers").select("name").where("name", "=", server).executeTakeFirst();
    if (known === undefined) return false;
    const { numInsertedOrUpdatedRows } = await db
      .insertInto("mcp_sign_ins")
      .values({ server, user_id: userId, sealed: next })
      .onConflict((oc) => oc.columns(["server", "user_id"]).doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  });
}
