import { isoTime } from "../../core/clock.ts";
import { titleFrom } from "../chats/chats.ts";
import { openRuns } from "../runs/open.ts";
import { waitsFor } from "../runs/run.ts";
import type { RunRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";

export interface ActivityItem {
  readonly runId: string;
  readonly taskId: string;
  readonly chatId: string;
  readonly title: string;
  readonly schedule: string | null;
  readonly state: RunRow["state"];
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly workingSince: string | null;
  readonly workedMs: number;
  readonly waitsFor: RunRow["wait_reason"];
  readonly reason: string | null;
}

export interface ActivityQuery {
  /** ISO 8601; a day ago without it. */
  readonly since?: string | undefined;
  readonly limit?: number | undefined;
}

const DAY_MS = 86_400_000;
const DEFAULT_LIMIT = 200;
const WORK = ["lease_at", "worked_ms", "wait_reason"] as const;

/** The runs of tasks that were at work at some time since then, the one that began last first. */
export async function taskActivity(
  store: Store,
  viewer: User,
  { since, limit = DEFAULT_LIMIT }: ActivityQuery,
): Promise<{ readonly items: readonly ActivityItem[]; readonly next: null; readonly total: number }> {
  const from = since === undefined ? store.clock.now() - DAY_MS : Date.parse(since);
  const columns = ["id", "task_id", "chat_id", "state", "started_at", "ended_at", "reason", ...WORK] as const;
  const worked = store.db
    // Each part by its own index.
    .selectFrom((eb) =>
      eb
        .selectFrom("runs")
        .select(columns)
        .where("runs.ended_at", ">=", from)
        .unionAll(eb.selectFrom("runs").select(columns).where(openRuns()))
        .as("r"),
    )
    .innerJoin("tasks", "tasks.id", "r.task_id")
    .where("r.started_at", "is not", null)
    .where(may(viewer, "see", "tasks"));
  const rows = await worked
    .select(["r.id", "r.chat_id", "r.state", "r.started_at", "r.ended_at", "r.reason"])
    .select(["r.lease_at", "r.worked_ms", "r.wait_reason"])
    .select(["tasks.id as task_id", "tasks.instruction", "tasks.schedule"])
    .orderBy("r.started_at", "desc")
    .orderBy("r.id", "desc")
    .limit(limit)
    .execute();
  const { total } = await worked.select((eb) => eb.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    runId: row.id,
    taskId: row.task_id,
    chatId: row.chat_id,
    title: row.schedule ?? titleFrom(row.instruction),
    schedule: row.schedule,
    state: row.state,
    startedAt: isoTime(row.started_at ?? 0),
    endedAt: row.ended_at === null ? null : isoTime(row.ended_at),
    workingSince: row.lease_at === null ? null : isoTime(Number(row.lease_at)),
    workedMs: Number(row.worked_ms),
    waitsFor: waitsFor(row),
    reason: row.reason,
  }));
  return { items, next: null, total: Number(total) };
}
