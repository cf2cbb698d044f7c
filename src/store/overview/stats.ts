import { sql, type SqlBool } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { checkZone } from "../../core/due.ts";
import { SparkyError } from "../../core/errors.ts";
import { tally, type EndedRun, type Failure, type Stats } from "../../core/stats.ts";
import { may } from "../people/access.ts";
import { ENDED } from "../../core/run-state.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";

export interface StatsQuery {
  /** ISO 8601: from here on, a week ago by default, and before there, now by default. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Whose days are counted by; UTC by default. */
  readonly zone?: string | undefined;
}

export interface StatsAnswer extends Omit<Stats, "failures"> {
  readonly since: string;
  readonly until: string;
  readonly zone: string;
  readonly failures: readonly (Omit<Failure, "at"> & { readonly at: string })[];
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
const MOST_DAYS = 366;
const MOST_REASONS = 20;

/** What the runs came to that ended within a span, in chats that the viewer may see and that were not deleted. */
export async function stats(store: Store, viewer: User, query: StatsQuery): Promise<StatsAnswer> {
  const until = query.until === undefined ? store.clock.now() : Date.parse(query.until);
  const since = query.since === undefined ? until - DEFAULT_DAYS * DAY_MS : Date.parse(query.since);
  const zone = checkZone(query.zone ?? "UTC");
  if (since >= until) throw new SparkyError("invalid_input", "since must be before until");
  if (until - since > MOST_DAYS * DAY_MS) {
    throw new SparkyError("invalid_input", `the span must be at most ${MOST_DAYS} days`, {
      hint: "name a later since",
    });
  }
  const sums = tally({ since, until, zone });
  await eachEnded(store, viewer, since, until, (run) => sums.add(run));
  const told = sums.stats();
  const failures = told.failures.slice(0, MOST_REASONS).map((failure) => ({ ...failure, at: isoTime(failure.at) }));
  return { since: isoTime(since), until: isoTime(until), zone, ...told, failures };
}

/** Page by page: a busy year must not keep everybody else waiting while it is read. */
const PAGE = 300;

async function eachEnded(
  store: Store,
  viewer: User,
  since: number,
  until: number,
  add: (run: EndedRun) => void,
): Promise<void> {
  for (let after = { at: since, id: "" }; ;) {
    const page = await endedPage(store, viewer, until, after);
    for (const { run } of page) add(run);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = { at: last.run.endedAt, id: last.id };
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const run of await endedWithoutRun(store, viewer, since, until)) add(run);
}

async function endedPage(
  store: Store,
  viewer: User,
  until: number,
  after: { readonly at: number; readonly id: string },
): Promise<readonly { readonly id: string; readonly run: EndedRun }[]> {
  const rows = await store.db
    .selectFrom("runs")
    .innerJoin("chats", "chats.id", "runs.chat_id")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .select([
      "runs.id",
      "runs.state",
      "runs.task_id",
      "runs.chat_id",
      "runs.reason",
      "runs.started_at",
      "runs.ended_at",
    ])
    .select(["runs.input_tokens", "runs.output_tokens", "runs.cached_tokens", "runs.cost_usd", "tasks.schedule"])
    // A task that is due later does not wait before.
    .select(
      sql<number>`CASE WHEN tasks.run_at > runs.queued_at THEN tasks.run_at ELSE runs.queued_at END`.as("ready_at"),
    )
    .where(sql<SqlBool>`(runs.ended_at, runs.id) > (${after.at}, ${after.id})`)
    .where("runs.ended_at", ">=", after.at)
    .where("runs.ended_at", "<", until)
    .where(may(viewer, "see", "chats"))
    .orderBy("runs.ended_at")
    .orderBy("runs.id")
    .limit(PAGE)
    .execute();
  return rows.map(({ id, ...row }) => {
    const endedAt = Number(row.ended_at);
    const startedAt = row.started_at === null ? null : Number(row.started_at);
    const run: EndedRun = {
      // A run has ended in one of these states.
      state: row.state as EndedRun["state"],
      kind: row.task_id === null ? "answer" : "task",
      schedule: row.schedule,
      taskId: row.task_id,
      chatId: row.chat_id,
      endedAt,
      waitMs: startedAt === null ? null : Math.max(0, startedAt - Number(row.ready_at)),
      tookMs: startedAt === null ? null : Math.max(0, endedAt - startedAt),
      inputTokens: Number(row.input_tokens),
      outputTokens: Number(row.output_tokens),
      cachedTokens: Number(row.cached_tokens),
      costUsd: row.cost_usd === null ? null : Number(row.cost_usd),
      reason: row.state === "failed" ? row.reason : null,
    };
    return { id, run };
  });
}

/** Tasks that ended before they had a run: what they waited for failed, or somebody cancelled them. */
async function endedWithoutRun(store: Store, viewer: User, since: number, until: number): Promise<readonly EndedRun[]> {
  const rows = await store.db
    .selectFrom("tasks")
    .innerJoin("chats", "chats.id", "tasks.chat_id")
    .select(["tasks.id", "tasks.chat_id", "tasks.status", "tasks.error", "tasks.finished_at", "tasks.schedule"])
    .where("tasks.run_id", "is", null)
    .where("tasks.status", "in", [...ENDED])
    .where("tasks.finished_at", ">=", since)
    .where("tasks.finished_at", "<", until)
    .where(may(viewer, "see", "chats"))
    .execute();
  return rows.map((row) => ({
    state: row.status as EndedRun["state"],
    kind: "task",
    schedule: row.schedule,
    taskId: row.id,
    chatId: row.chat_id,
    endedAt: Number(row.finished_at),
    waitMs: null,
    tookMs: null,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    costUsd: null,
    reason: row.status === "failed" ? row.error : null,
  }));
}
