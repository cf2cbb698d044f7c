import { CompiledQuery, Kysely, sql } from "kysely";
import { types } from "pg";
import type { Engine } from "./engine.ts";
import { PooledDialect } from "./postgres-driver.ts";
import { explainPostgres, isLocked, mayTryAgain } from "./postgres-failures.ts";
import { Connections } from "./postgres-pool.ts";
import { WORKING, type Limits } from "./postgres-session.ts";
import { draft, numbered, refused, type Draft } from "./drafts.ts";
import type { Schema } from "./schema.ts";
import type { Append, Numbered } from "./store.ts";
import { translated } from "./translated.ts";

const INT8_OID = 20;
/** Our bigints are milliseconds, counters and sizes, all below 2^53. */
types.setTypeParser(INT8_OID, Number);

export interface PostgresOptions {
  /** Where failures of connections go that nobody uses just now. */
  readonly onIdleError: (error: Error) => void;
  readonly limits?: Limits;
}

/** A server that several nodes share. */
export function openPostgres(url: string, { onIdleError, limits = WORKING }: PostgresOptions): Engine {
  const connections = new Connections(url, limits, onIdleError);
  const dialect = new PooledDialect(connections, PLANNED);
  const db = new Kysely<Schema>({ dialect: translated(dialect, explainPostgres) });
  return {
    kind: "postgres",
    db,
    appendIn: async (tx, appends, now) =>
      (await appendRounds(within(tx), appends, now)).map((outcome) => {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      }),
    patienceMs: 0,
    async appendBatch(take, now) {
      const batch = take();
      // One that is tried again must not find half of itself done.
      if (rounds(batch).length > 1) return db.transaction().execute((tx) => appendRounds(within(tx), batch, now));
      // By itself a statement needs no transaction of ours.
      if (new Set(batch.map(({ chatId }) => chatId)).size === 1) return appendRounds(within(db), batch, now);
      return appendFree(db, batch, now);
    },
    isRetryable: mayTryAgain,
    isLocked,
    limitLocks: async (tx, lockMs) => void (await sql.raw(`set local lock_timeout = ${lockMs}`).execute(tx)),
    now: async () => {
      const { rows } = await sql<{ now: number }>`
        SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`.execute(db);
      return rows[0]?.now ?? null;
    },
    closeIn: (ms) => connections.closeIn(ms),
    // Not Kysely's own: whoever asks after that is told so by the pool.
    close: () => connections.close(),
  };
}

function within(db: Kysely<Schema>, statement = APPEND): RunAppend {
  return async (values) =>
    (await db.executeQuery<{ id: string; head: number }>(CompiledQuery.raw(statement, [...values]))).rows;
}

/** A chat that somebody has locked fails none of the others: what was not taken is asked for again, each chat by itself. */
async function appendFree(db: Kysely<Schema>, batch: readonly Append[], now: number): Promise<(Numbered | Error)[]> {
  const outcomes = await appendRound(within(db, APPEND_FREE), batch, now);
  const left = new Set(batch.flatMap(({ chatId }, i) => (outcomes[i] instanceof Error ? [chatId] : [])));
  await Promise.all(
    [...left].map(async (chatId) => {
      const places = batch.flatMap((append, i) => (append.chatId === chatId ? [i] : []));
      const members = places.map((i) => batch[i] as Append);
      const again = await appendRound(within(db), members, now).catch((error: Error) => members.map(() => error));
      places.forEach((place, i) => (outcomes[place] = again[i] as Numbered | Error));
    }),
  );
  return outcomes;
}

async function appendRounds(
  run: RunAppend,
  batch: readonly Append[],
  now: number,
): Promise<readonly (Numbered | Error)[]> {
  const outcomes = new Map<Append, Numbered | Error>();
  for (const round of rounds(batch)) {
    const results = await appendRound(run, round, now);
    results.forEach((outcome, i) => outcomes.set(round[i] as Append, outcome));
  }
  return batch.map((append) => outcomes.get(append) ?? refused(append));
}

/** Splits a batch so that no round holds one chat under two different fences, keeping each chat's order. */
function rounds(batch: readonly Append[]): Append[][] {
  const result: Append[][] = [];
  const from = new Map<string, { round: number; fence: string }>();
  for (const append of batch) {
    const fence = append.fence === undefined ? "" : `${append.fence.runId} ${append.fence.lease}`;
    const last = from.get(append.chatId);
    const round = last === undefined ? 0 : last.fence === fence ? last.round : last.round + 1;
    from.set(append.chatId, { round, fence });
    (result[round] ??= []).push(append);
  }
  return result;
}

/**
 * One statement, one round trip: locks the chats in id order, takes numbers from their counters, inserts. The fence is a
 * condition on the very row that is locked, so PostgreSQL checks it again on the row's newest version after a wait.
 */
const APPEND = `
  WITH want AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) AS w(id, n, run_id, lease)
  ), locked AS MATERIALIZED (
    SELECT c.id FROM chats c WHERE c.id = ANY($1::text[]) ORDER BY c.id FOR NO KEY UPDATE
  ), taken AS (
    UPDATE chats c SET head = c.head + w.n, last_event_at = $5
    FROM want w, locked l
    WHERE c.id = w.id AND l.id = c.id AND c.deleted_at IS NULL
      AND (w.run_id IS NULL OR (c.run_id = w.run_id AND c.run_lease = w.lease))
    RETURNING c.id, c.head, w.n
  ), written AS (
    INSERT INTO events (chat_id, seq, type, at, run_id, task_id, body)
    SELECT t.id, t.head - t.n + e.ord, e.type, e.at, e.run_id, e.task_id, e.body
    FROM taken t JOIN unnest(
      $6::text[], $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::text[]
    ) AS e(id, ord, type, at, run_id, task_id, body) ON e.id = t.id
  )
  SELECT id, head FROM taken`;

const APPEND_FREE = APPEND.replace("FOR NO KEY UPDATE", "FOR NO KEY UPDATE SKIP LOCKED");

const PLANNED = new Map([
  [APPEND, "append"],
  [APPEND_FREE, "append_free"],
]);

/** Runs `APPEND` with its values, in a transaction or by itself. */
type RunAppend = (values: readonly unknown[]) => Promise<readonly { readonly id: string; readonly head: number }[]>;

async function appendRound(run: RunAppend, appends: readonly Append[], now: number): Promise<(Numbered | Error)[]> {
  const chats = new Map<string, { fence: Append["fence"]; members: { index: number; drafts: Draft[] }[] }>();
  appends.forEach((append, index) => {
    const chat = chats.get(append.chatId) ?? { fence: append.fence, members: [] };
    chat.members.push({ index, drafts: append.events.map((event) => draft(event, now)) });
    chats.set(append.chatId, chat);
  });
  const groups = [...chats.values()];
  const counts = groups.map((g) => g.members.reduce((n, m) => n + m.drafts.length, 0));
  const rows = [...chats].flatMap(([id, g]) =>
    g.members.flatMap((m) => m.drafts).map((d, i) => ({ id, ord: i + 1, ...d })),
  );
  const heads = await run([
    [...chats.keys()],
    counts,
    groups.map((g) => g.fence?.runId ?? null),
    groups.map((g) => g.fence?.lease ?? null),
    now,
    rows.map((r) => r.id),
    rows.map((r) => r.ord),
    rows.map((r) => r.event.type),
    rows.map((r) => r.atMs),
    rows.map((r) => r.event.runId),
    rows.map((r) => r.event.taskId),
    rows.map((r) => r.body),
  ]);
  const head = new Map(heads.map((row) => [row.id, row.head]));
  const outcomes: (Numbered | Error)[] = appends.map((append) => refused(append));
  for (const [id, group] of chats) {
    const last = head.get(id);
    if (last === undefined) continue;
    let seq = last - group.members.reduce((n, m) => n + m.drafts.length, 0);
    for (const { index, drafts } of group.members) outcomes[index] = numbered(id, drafts, (seq += drafts.length));
  }
  return outcomes;
}
