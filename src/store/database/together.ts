import { CompiledQuery, type Compilable } from "kysely";
import type { Tx } from "./store.ts";

type Answers<Q extends readonly Compilable<unknown>[]> = {
  [I in keyof Q]: Q[I] extends Compilable<infer Row> ? readonly Row[] : never;
};

/**
 * Runs statements one after another, each of which sees what those before it did: on PostgreSQL in one round trip. Their rows
 * come back in the order of the statements.
 */
export async function together<const Q extends readonly Compilable<unknown>[]>(tx: Tx, ...all: Q): Promise<Answers<Q>> {
  const queries = all.map((query) => query.compile());
  const rows = tx.kind === "postgres" ? await atOnce(tx, queries) : await oneByOne(tx, queries);
  // Each statement's own type says what its rows are; an array of them cannot.
  return rows as Answers<Q>;
}

async function oneByOne(tx: Tx, queries: readonly CompiledQuery[]): Promise<readonly (readonly unknown[])[]> {
  const answers: (readonly unknown[])[] = [];
  for (const query of queries) answers.push((await tx.db.executeQuery(query)).rows);
  return answers;
}

const BATCHES = new WeakMap<CompiledQuery, readonly CompiledQuery[]>();

async function atOnce(tx: Tx, queries: readonly CompiledQuery[]): Promise<readonly (readonly unknown[])[]> {
  const batch = CompiledQuery.raw("batch") as CompiledQuery<readonly unknown[]>;
  BATCHES.set(batch, queries);
  return (await tx.db.executeQuery(batch)).rows;
}

/** For the driver: what a query stands for that is many. Each row of its answer is the rows of one of them. */
export const queriesOf = (query: CompiledQuery): readonly CompiledQuery[] | undefined => BATCHES.get(query);
