import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { may } from "../people/access.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";

/** What became of a tool's calls. */
export interface ToolUsage {
  readonly name: string;
  readonly calls: number;
  readonly failures: number;
  /** 95 of 100 calls took no longer. */
  readonly p95Ms: number;
  readonly lastAt: string;
}

const WEEK_MS = 7 * 86_400_000;
/** Bounds what is read: no more runs, the newest ones, and no more calls. */
const MOST_RUNS = 500;
const MOST_CALLS = 10_000;

/** The tools that were called in the newest runs of the last week, in chats that the viewer may see; by name. */
export async function toolUsage(store: Store, viewer: User): Promise<readonly ToolUsage[]> {
  const since = store.clock.now() - WEEK_MS;
  const of = (field: string) =>
    store.kind === "sqlite"
      ? sql<string>`json_extract(events.body, ${`$.data.${field}`})`
      : sql<string>`events.body::json -> 'data' ->> ${field}`;
  const rows = await store.db
    .with("newest", (db) =>
      db
        .selectFrom("runs")
        .innerJoin("chats", "chats.id", "runs.chat_id")
        .select(["runs.chat_id", "runs.first_seq"])
        .where("runs.queued_at", ">=", since)
        .where(may(viewer, "see", "chats"))
        .orderBy("runs.queued_at", "desc")
        .limit(MOST_RUNS),
    )
    .with("places", (db) =>
      db
        .selectFrom("newest")
        .select(({ fn }) => ["chat_id", fn.min("first_seq").as("first_seq")])
        .groupBy("chat_id"),
    )
    .selectFrom("places as c")
    .innerJoin("events", (join) =>
      join.onRef("events.chat_id", "=", "c.chat_id").onRef("events.seq", ">=", "c.first_seq"),
    )
    .select(["events.at", of("name").as("name"), of("ok").as("ok"), of("durationMs").as("ms")])
    .where("events.type", "=", "tool_result")
    .where("events.at", ">=", since)
    .orderBy("events.at", "desc")
    .limit(MOST_CALLS)
    .execute();
  const byName = Map.groupBy(rows, ({ name }) => name);
  const usage = [...byName].map(([name, calls]) => {
    const times = calls.map(({ ms }) => Number(ms)).sort((one, other) => one - other);
    // `true` is 1 in one engine and a word in the other.
    const failures = calls.filter(({ ok }) => !["1", "true"].includes(String(ok))).length;
    const p95Ms = times[Math.ceil(times.length * 0.95) - 1] ?? 0;
    return { name, calls: calls.length, failures, p95Ms, lastAt: isoTime(Number(calls[0]?.at)) };
  });
  return usage.sort((one, other) => (one.name < other.name ? -1 : 1));
}
