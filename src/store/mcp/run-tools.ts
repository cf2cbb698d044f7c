import { createHash } from "node:crypto";
import type { Store } from "../database/store.ts";

/** Which tools of servers each run was given: the same to its end, however long it waits and whatever changes meanwhile. */

/** null: none were kept for it. */
export async function runTools(store: Store, runId: string): Promise<string | null> {
  const row = await store.db
    .selectFrom("run_tools")
    .innerJoin("tool_sets", "tool_sets.digest", "run_tools.tools")
    .select("tool_sets.tools")
    .where("run_id", "=", runId)
    .executeTakeFirst();
  return row?.tools ?? null;
}

/** Runs that are given the same share one row. Whoever comes first decides, and is returned. */
export async function keepRunTools(store: Store, runId: string, tools: string): Promise<string> {
  const digest = createHash("sha256").update(tools).digest("hex");
  await store.transact(async (tx) => {
    await tx.db
      .insertInto("tool_sets")
      .values({ digest, tools })
      .onConflict((oc) => oc.doNothing())
      .execute();
    await tx.db
      .insertInto("run_tools")
      .values({ run_id: runId, tools: digest })
      .onConflict((oc) => oc.doNothing())
      .execute();
  });
  return (await runTools(store, runId)) ?? tools;
}
