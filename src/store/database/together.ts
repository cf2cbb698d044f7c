import { CompiledQuery, type Compilable } from "kysely";
import type { Tx } from "./store.ts";

type Answers<Q extends readonly Compilable<unknown>[]> = {
  [I in keyof Q]: Q[I] extends Compilable<infer Row> ? readonly Row[] : never;
};

/**
 * Runs statements of which none reads what another of them writes: one round trip on PostgreSQL, where each statement
 * becomes a part of one. Their rows come back in the order of the statements; columns of bytes are not for this.
 */
export async function together<const Q extends readonly Compilable<unknown>[]>(tx: Tx, ...all: Q): Promise<Answers<Q>> {
  const queries = all.map((query) => query.compile());
  const rows = tx.kind === "postgres" ? await inOneStatement(tx, queries) : await oneByOne(tx, queries);
  // Each statement's own type says what its rows are; an array of them cannot.
  return rows as Answers<Q>;
}

async function oneByOne(tx: Tx, queries: readonly CompiledQuery[]): Promise<readonly (readonly unknown[])[]> {
  const answers: (readonly unknown[])[] = [];
  for (const query of queries) answers.push((await tx.db.executeQuery(query)).rows);
  return answers;
}

async function inOneStatement(tx: Tx, queries: readonly CompiledQuery[]): Promise<readonly (readonly unknown[])[]> {
  const parameters: unknown[] = [];
  const parts = queries.map((query, i) => {
    const text = query.sql.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + parameters.length}`);
    parameters.push(...query.parameters);
    return `q${i} AS (${text})`;
  });
  const answering = queries.flatMap((query, i) =>
    /^select|\breturning\b/i.test(query.sql) ? [`SELECT ${i} AS part, row_to_json(q${i}) AS row FROM q${i}`] : [],
  );
  const last = answering.length === 0 ? "SELECT 0 AS part, NULL AS row WHERE false" : answering.join(" UNION ALL ");
  const { rows } = await tx.db.executeQuery<{ readonly part: number; readonly row: unknown }>(
    CompiledQuery.raw(`WITH ${parts.join(", ")} ${last}`, parameters),
  );
  return queries.map((_, i) => rows.flatMap(({ part, row }) => (part === i ? [row] : [])));
}
