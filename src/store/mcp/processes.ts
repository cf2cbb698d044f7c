import type { McpProcessRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";

/** Processes of tool servers, so that what a crash left of them is ended at the next start. */

export async function keepServerProcess(store: Store, process: Omit<McpProcessRow, "node">): Promise<void> {
  await store.transact((tx) =>
    tx.db
      .insertInto("mcp_processes")
      .values({ node: store.node, ...process })
      .execute(),
  );
}

export async function forgetServerProcess(store: Store, pgid: number, started: string): Promise<void> {
  await store.transact((tx) =>
    tx.db
      .deleteFrom("mcp_processes")
      .where("node", "=", store.node)
      .where("pgid", "=", pgid)
      .where("started", "=", started)
      .execute(),
  );
}

/** All that were started on this machine, by this process and by others. */
export function serverProcesses(store: Store): Promise<readonly McpProcessRow[]> {
  return store.db.selectFrom("mcp_processes").selectAll().where("node", "=", store.node).execute();
}
