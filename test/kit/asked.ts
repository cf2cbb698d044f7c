import { CompiledQuery, createQueryId, type KyselyPlugin, type RootOperationNode } from "kysely";
import type { Store } from "../../src/store/database/store.ts";

// What a piece of work asks the database, and what that costs it.

/** Does it twice, and returns what it asked the second time: what is looked at once after a start is another matter. */
export async function askedBy(
  store: Store,
  work: (store: Store) => Promise<unknown>,
): Promise<readonly CompiledQuery[]> {
  const nodes: RootOperationNode[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const asking: Store = {
    ...store,
    db: store.db.withPlugin(plugin),
    transact: (body) =>
      store.transact((tx) => body({ ...tx, db: tx.db.withPlugin(plugin) as unknown as typeof tx.db })),
  };
  await work(asking);
  nodes.length = 0;
  await work(asking);
  return nodes.map((node) => store.db.getExecutor().compileQuery(node, createQueryId()));
}

export const reads = (query: CompiledQuery): boolean => /^\s*(select|with)\b/i.test(query.sql);

/** SQLite: how it goes about it, step by step. */
export async function planOf(store: Store, query: CompiledQuery): Promise<readonly string[]> {
  const explain = CompiledQuery.raw(`EXPLAIN QUERY PLAN ${query.sql}`, [...query.parameters]);
  const { rows } = await store.db.executeQuery<{ detail: string }>(explain);
  return rows.map(({ detail }) => detail);
}

interface PgNode {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly PgNode[];
}

/** PostgreSQL: how many rows of tables and indexes it looks at. The statement is made. */
export async function rowsRead(store: Store, query: CompiledQuery): Promise<number> {
  const explain = CompiledQuery.raw(`EXPLAIN (ANALYZE, FORMAT JSON) ${query.sql}`, [...query.parameters]);
  const { rows } = await store.db.executeQuery<{ "QUERY PLAN": readonly { Plan: PgNode }[] }>(explain);
  const of = (node: PgNode): number => {
    const looked =
      node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
    const own = /Scan/.test(node["Node Type"]) ? looked * node["Actual Loops"] : 0;
    return own + (node.Plans ?? []).reduce((sum, plan) => sum + of(plan), 0);
  };
  return Math.round((rows[0]?.["QUERY PLAN"] ?? []).reduce((sum, { Plan }) => sum + of(Plan), 0));
}
