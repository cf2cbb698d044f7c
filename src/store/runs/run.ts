import { sql } from "kysely";
import { callLine } from "../../core/exact.ts";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import type { ChatEvent } from "../../core/events.ts";
import { foldChat } from "../../core/chat-view.ts";
import { isEnded } from "../../core/run-state.ts";
import { decodeAll } from "../log/events.ts";
import type { RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** A run as the API tells it. */
export interface Run {
  readonly id: string;
  readonly chatId: string;
  readonly taskId: string | null;
  readonly state: RunRow["state"];
  readonly attempt: number;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly workingSince: string | null;
  readonly workedMs: number;
  readonly step: number;
  readonly current: string | null;
  readonly waitsFor: RunRow["wait_reason"];
  readonly reason: string | null;
  readonly tokens: number;
  readonly costUsd: number | null;
  readonly model: string | null;
}

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

export function runOf(row: RunRow, current: string | null): Run {
  return {
    id: row.id,
    chatId: row.chat_id,
    taskId: row.task_id,
    state: row.state,
    attempt: row.attempt,
    queuedAt: isoTime(row.queued_at),
    startedAt: isoOrNull(row.started_at),
    endedAt: isoOrNull(row.ended_at),
    workingSince: isoOrNull(row.lease_at),
    workedMs: row.worked_ms,
    step: row.step,
    current,
    waitsFor: waitsFor(row),
    reason: row.reason,
    tokens: row.input_tokens + row.output_tokens,
    costUsd: row.cost_usd,
    model: row.model,
  };
}

/** Its row keeps what it has waited for last. */
export const waitsFor = (run: Pick<RunRow, "state" | "wait_reason">): RunRow["wait_reason"] =>
  run.state === "waiting" ? run.wait_reason : null;

export async function runRow(db: Db, runId: string): Promise<RunRow> {
  const row = await db.selectFrom("runs").selectAll().where("id", "=", runId).executeTakeFirst();
  if (row === undefined) throw notFound(`run ${JSON.stringify(runId)}`);
  return row;
}

/** Whether nothing will go on with it: it ended, or is gone with its chat. */
export async function hasEnded({ db }: { readonly db: Db }, runId: string): Promise<boolean> {
  const row = await db.selectFrom("runs").select("state").where("id", "=", runId).executeTakeFirst();
  return row === undefined || isEnded(row.state);
}

/** What a working run does now, from its log: its open calls, else the model. null when it does not work. */
export async function currentOf(db: Db, run: RunRow): Promise<string | null> {
  if (run.state !== "working") return null;
  return currentStep(await callEvents(db, run));
}

/**
 * What is known of the calls that may be open: those of the run's last recorded step, as each step waits for all calls of the
 * one before it.
 */
export async function callEvents(db: Db, run: RunRow): Promise<readonly ChatEvent[]> {
  return decodeAll(run.chat_id, await callRows(db, run).execute());
}

/** The same as a query, for who asks for more at once. */
export function callRows(db: Db, run: RunRow) {
  return db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", run.chat_id)
    .where("seq", ">", (eb) =>
      eb.fn.coalesce(
        eb
          .selectFrom("steps")
          .select("read_seq")
          .where("run_id", "=", run.id)
          .where("read_seq", ">=", run.first_seq)
          .orderBy("step", "desc")
          .limit(1),
        sql<number>`${run.first_seq - 1}`,
      ),
    )
    .where("type", "in", ["tool_use", "tool_start", "question", "tool_result"])
    .orderBy("seq");
}

export function currentStep(events: readonly ChatEvent[]): string {
  const open = foldChat(events).openCalls;
  const [first] = open;
  if (first === undefined) return "calling the model";
  const more = open.length > 1 ? ` and ${open.length - 1} more` : "";
  return callLine(first.name, first.summary) + more;
}
