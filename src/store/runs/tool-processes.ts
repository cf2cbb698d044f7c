import type { Claimed } from "./claim.ts";
import type { ToolProcessRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";

/** Keeps which process group a call has started, before it does anything. */
export async function keepProcess(
  store: Store,
  { run }: Claimed,
  callId: string,
  process: Pick<ToolProcessRow, "pgid" | "started" | "mark">,
): Promise<void> {
  const row = { run_id: run.id, call_id: callId, node: store.node, ...process };
  await store.transact((tx) =>
    tx.db
      .insertInto("tool_processes")
      .values(row)
      .onConflict((oc) => oc.columns(["run_id", "call_id"]).doUpdateSet(row))
      .execute(),
  );
}

/** Hands over, and forgets, what was started on this node by runs that nobody works on any more. */
export async function takeLeftProcesses(store: Store): Promise<readonly ToolProcessRow[]> {
  const known = await store.db.selectFrom("tool_processes").select("run_id").where("node", "=", store.node).execute();
  if (known.length === 0) return [];
  return store.transact((tx) =>
    tx.db
      .deleteFrom("tool_processes")
      .where("node", "=", store.node)
      .where("run_id", "in", (eb) =>
        eb.selectFrom("runs").select("id").where("state", "not in", ["working", "stopping"]),
      )
      .returningAll()
      .execute(),
  );
}

/** Hands over, and forgets, what an earlier lease of the run may have left running on this node. */
export async function takeProcesses(store: Store, runId: string): Promise<readonly ToolProcessRow[]> {
  return store.transact((tx) =>
    tx.db
      .deleteFrom("tool_processes")
      .where("run_id", "=", runId)
      .where("node", "=", store.node)
      .returningAll()
      .execute(),
  );
}
