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

/** Durable before it returns. A server that is gone meanwhile is signed in at by nobody. */
export async function keepSignIn(store: Store, server: string, userId: string, sealed: string): Promise<void> {
  await store.transact(async ({ db }) => {
    const known = await db.selectFrom("mcp_servers").select("name").where("name", "=", server).executeTakeFirst();
    if (known === undefined) return;
    await db
      .insertInto("mcp_sign_ins")
      .values({ server, user_id: userId, sealed })
      .onConflict((oc) => oc.columns(["server", "user_id"]).doUpdateSet({ sealed }))
      .execute();
  });
}
