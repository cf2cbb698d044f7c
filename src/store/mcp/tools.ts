import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import type { McpToolRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";

/** The tools of servers: what was pinned at first sight, and what waits for a person because it is new or changed since. */

export interface SeenTool {
  readonly name: string;
  /** As JSON, and its digest. */
  readonly definition: string;
  readonly digest: string;
}

export function mcpTools(store: Store): Promise<readonly McpToolRow[]> {
  return store.db.selectFrom("mcp_tools").selectAll().orderBy("server").orderBy("name").execute();
}

/** Without what they are: that may be long, and is asked for where somebody looks at it. */
const NAMES = [
  ...(["server", "name", "pinned_digest", "waiting_digest", "changed_at"] as const),
  ...(["refused_digest", "refused_by", "refused_at"] as const),
] as const;
export type WaitingTool = Pick<McpToolRow, (typeof NAMES)[number]>;

/** Those that a person has not answered for as they are now. */
export function waitingTools(db: Db): Promise<readonly WaitingTool[]> {
  return waiting(db).select(NAMES).execute();
}

/** The same of one server, with what they were and are. */
export function waitingOf(db: Db, server: string): Promise<readonly McpToolRow[]> {
  return waiting(db).selectAll().where("server", "=", server).execute();
}

const waiting = (db: Db) =>
  db
    .selectFrom("mcp_tools")
    .where("waiting_digest", "is not", null)
    .where("gone", "=", 0)
    .where((eb) => eb.or([eb("refused_digest", "is", null), eb("refused_digest", "!=", eb.ref("waiting_digest"))]))
    .orderBy("server")
    .orderBy("name");

/**
 * What a server tells of its tools now. The first time all of it is pinned: whoever added the server wanted its tools. From
 * then on a person decides. Returns the tools that wait since this look.
 */
export async function seeTools(
  tx: Tx,
  server: string,
  legacy: boolean,
  seen: readonly SeenTool[],
): Promise<readonly string[]> {
  // The row is the lock: two nodes may look at the same time.
  const first = await tx.db
    .updateTable("mcp_servers")
    .set({ legacy_at: legacy ? tx.now : null })
    .where("name", "=", server)
    .returning(["seen_at", "owner_id"])
    .executeTakeFirst();
  if (first === undefined) return [];
  const rows = await tx.db.selectFrom("mcp_tools").selectAll().where("server", "=", server).execute();
  const known = new Map(rows.map((row) => [row.name, row]));
  const waits: string[] = [];
  let isOther = false;
  for (const { name, definition, digest } of seen) {
    const row = known.get(name);
    known.delete(name);
    const isPinned = row?.pinned_digest === digest;
    if (row !== undefined && isPinned && row.waiting === null && row.gone === 0) continue;
    if (row !== undefined && row.waiting_digest === digest && row.gone === 0) continue;
    const pin = first.seen_at === null;
    const told = { definition, digest };
    isOther = true;
    if (!pin && !isPinned) waits.push(name);
    await write(tx, { server, name, row, pinned: pin ? told : null, waiting: pin || isPinned ? null : told });
  }
  const gone = [...known.values()].flatMap((row) => (row.gone === 0 ? [row.name] : []));
  if (gone.length > 0) {
    const where = tx.db.updateTable("mcp_tools").set({ gone: 1, changed_at: tx.now }).where("server", "=", server);
    await where.where("name", "in", gone).execute();
  }
  if (isOther || gone.length > 0) tx.changed("approvals", [first.owner_id]);
  if (first.seen_at === null) {
    await tx.db.updateTable("mcp_servers").set({ seen_at: tx.now }).where("name", "=", server).execute();
  }
  return waits;
}

interface Written {
  readonly server: string;
  readonly name: string;
  readonly row: McpToolRow | undefined;
  readonly pinned: { readonly definition: string; readonly digest: string } | null;
  readonly waiting: { readonly definition: string; readonly digest: string } | null;
}

async function write(tx: Tx, { server, name, row, pinned, waiting }: Written): Promise<void> {
  const values = {
    pinned: pinned?.definition ?? row?.pinned ?? null,
    pinned_digest: pinned?.digest ?? row?.pinned_digest ?? null,
    waiting: waiting?.definition ?? null,
    waiting_digest: waiting?.digest ?? null,
    gone: 0,
    changed_at: tx.now,
  };
  await tx.db
    .insertInto("mcp_tools")
    .values({ server, name, ...values })
    .onConflict((oc) => oc.columns(["server", "name"]).doUpdateSet(values))
    .execute();
}

/** A person's yes to what waits, exactly as it was shown. Throws `not_found` where nothing of that digest waits any more. */
export async function approveTool(tx: Tx, server: string, tool: string, digest: string): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("mcp_tools")
    .set((eb) => ({
      pinned: eb.ref("waiting"),
      pinned_digest: eb.ref("waiting_digest"),
      waiting: null,
      waiting_digest: null,
      ...{ refused_digest: null, refused_by: null, refused_at: null },
      changed_at: tx.now,
    }))
    .where("server", "=", server)
    .where("name", "=", tool)
    .where("waiting_digest", "=", digest)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw notFound(`a change of ${tool} that waits`);
  await told(tx, server);
}

/** What a person has kept out of a tool, as it is now or as it was before. */
interface Refusal {
  /** null: it was not kept then. */
  readonly by: string | null;
  readonly at: string | null;
}

export function refusalOf({ refused_digest, refused_by, refused_at }: WaitingTool): Refusal | null {
  if (refused_digest === null) return null;
  return { by: refused_by, at: refused_at === null ? null : isoTime(refused_at) };
}

/**
 * A person's no: it waits no more, and is used by no run, until the server tells something else of it. Throws as `approveTool`.
 * `by`: their name.
 */
export async function refuseTool(tx: Tx, server: string, tool: string, digest: string, by: string): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("mcp_tools")
    .set({ refused_digest: digest, refused_by: by, refused_at: tx.now, changed_at: tx.now })
    .where("server", "=", server)
    .where("name", "=", tool)
    .where("waiting_digest", "=", digest)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw notFound(`a change of ${tool} that waits`);
  await told(tx, server);
}

/** Answered here, it disappears elsewhere. */
async function told(tx: Tx, server: string): Promise<void> {
  const row = await tx.db.selectFrom("mcp_servers").select("owner_id").where("name", "=", server).executeTakeFirst();
  if (row !== undefined) tx.changed("approvals", [row.owner_id]);
}
