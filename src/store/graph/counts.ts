import { sql } from "kysely";
import { scopeOf, type Scope } from "./visible.ts";
import type { Db } from "../database/sql.ts";

/** How many nodes and edges there are is counted as they come and go: to count a big graph anew takes too long. */

export interface Counted extends Scope {
  readonly part: "node" | "edge";
  readonly type: string;
}

/**
 * Adds `by` for each. Last in a transaction, and in one order: the rows are shared by all who write, and whoever has them
 * waits for nobody else's.
 */
export async function countThings(db: Db, things: readonly Counted[], by: 1 | -1): Promise<void> {
  const sums = new Map<string, Counted & { n: number }>();
  for (const thing of things) {
    const key = JSON.stringify([thing.part, thing.ownerId ?? "", thing.within ?? "", thing.type]);
    sums.set(key, { ...thing, n: (sums.get(key)?.n ?? 0) + by });
  }
  if (sums.size === 0) return;
  const rows = [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { part, type, n, ...scope }]) => ({ part, ...scopeOf(scope), type, n }));
  await db
    .insertInto("graph_counts")
    .values(rows)
    .onConflict((oc) =>
      oc
        .expression(sql`part, coalesce(owner_id, ''), coalesce(chat_id, ''), type`)
        .doUpdateSet((eb) => ({ n: eb("graph_counts.n", "+", eb.ref("excluded.n")) })),
    )
    .execute();
}
