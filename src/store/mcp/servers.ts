import type { McpServerRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";

/** Tool servers as they were last applied; what runs of them, each node knows by itself. */

/** How long a server that spoke only the older revisions is taken to do so: it may be updated. */
const LEGACY_MS = 7 * 24 * 3_600_000;

export function mcpServers(store: Store): Promise<readonly McpServerRow[]> {
  return store.db.selectFrom("mcp_servers").selectAll().orderBy("name").execute();
}

/** Makes the servers those of the file, by name and definition. What is known of the tools of those that stay is kept. */
export async function applyServers(
  tx: Tx,
  ownerId: string,
  servers: { readonly [name: string]: string },
): Promise<readonly string[]> {
  const known = new Map((await tx.db.selectFrom("mcp_servers").selectAll().execute()).map((row) => [row.name, row]));
  const changed: string[] = [];
  for (const [name, definition] of Object.entries(servers)) {
    if (known.get(name)?.definition === definition) continue;
    changed.push(name);
    const row = { name, owner_id: ownerId, definition, legacy_at: null, applied_at: tx.now };
    await tx.db
      .insertInto("mcp_servers")
      .values({ ...row, seen_at: null })
      .onConflict((oc) => oc.column("name").doUpdateSet(row))
      .execute();
  }
  const gone = [...known.keys()].filter((name) => !Object.hasOwn(servers, name));
  if (gone.length > 0) await tx.db.deleteFrom("mcp_servers").where("name", "in", gone).execute();
  return [...changed, ...gone];
}

/** When it was seen that the server speaks only the older revisions; what was seen long ago counts no more. */
export const isLegacy = ({ legacy_at }: McpServerRow, now: number): boolean =>
  legacy_at !== null && Math.abs(now - legacy_at) < LEGACY_MS;
