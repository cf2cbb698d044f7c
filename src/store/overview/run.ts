import { notFound } from "../../core/errors.ts";
import { titleFrom } from "../chats/chats.ts";
import type { RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { currentOf, runOf, type Run } from "../runs/run.ts";

/** A run by itself, with what it is called and where in its chat's log it stands. */
export interface RunAlone extends Run {
  readonly title: string;
  readonly schedule: string | null;
  readonly by: string;
  readonly canWrite: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly firstSeq: number;
  readonly lastSeq: number | null;
}

export async function getRun(store: Store, viewer: User, runId: string): Promise<RunAlone> {
  const { db } = store;
  const found = await db
    .selectFrom("runs")
    .innerJoin("chats", "chats.id", "runs.chat_id")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .leftJoin("user", (join) => join.on((eb) => eb("user.id", "=", eb.fn.coalesce("tasks.owner_id", "chats.owner_id"))))
    .selectAll("runs")
    .select(["chats.title as chat_title", "tasks.instruction", "tasks.schedule", "user.name as by"])
    .select(may(viewer, "write", "chats").as("can_write"))
    .where("runs.id", "=", runId)
    .where(may(viewer, "see", "chats"))
    .executeTakeFirst();
  if (found === undefined) throw notFound(`run ${JSON.stringify(runId)}`);
  const { chat_title, instruction, schedule, by, can_write, ...run } = found;
  return {
    ...runOf(run, await currentOf(db, run)),
    title: schedule ?? (instruction === null ? chat_title : titleFrom(instruction)),
    schedule,
    by: by ?? "unknown",
    canWrite: Boolean(can_write),
    inputTokens: run.input_tokens,
    outputTokens: run.output_tokens,
    firstSeq: run.first_seq,
    lastSeq: await lastSeqOf(db, run),
  };
}

/** Of a run that has ended: its last status. It lies behind its last step, so that no more than that step is read. */
async function lastSeqOf(db: Db, run: RunRow): Promise<number | null> {
  if (run.ended_at === null) return null;
  const step = await db
    .selectFrom("steps")
    .select("read_seq")
    .where("run_id", "=", run.id)
    .orderBy("step", "desc")
    .limit(1)
    .executeTakeFirst();
  const end = await db
    .selectFrom("events")
    .select("seq")
    .where("chat_id", "=", run.chat_id)
    .where("seq", ">=", Math.max(run.first_seq, step?.read_seq ?? 0))
    .where("run_id", "=", run.id)
    .where("type", "=", "status")
    .where("at", ">=", run.ended_at)
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();
  return end?.seq ?? null;
}
