import type { NewEvent } from "../../core/events.ts";
import { toldOfApprovals } from "./approvers.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import { expireQuestions, withdrawQuestions } from "../questions/withdraw.ts";
import type { ApprovalRow, RunRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

type OfRun = Pick<RunRow, "id" | "task_id" | "chat_id">;

/** Takes back what a run still asks of people: it ended, or a person wrote instead. Returns the events to append. */
export async function withdrawAsked(tx: Tx, run: OfRun): Promise<NewEvent[]> {
  const rows = await tx.db
    .updateTable("approvals")
    .set({ state: "withdrawn", decided_at: tx.now })
    .where("run_id", "=", run.id)
    .where("state", "=", "requested")
    .returningAll()
    .execute();
  return told(tx, run, [...rows.map((row) => approvalEvent(row, run)), ...(await withdrawQuestions(tx, run))]);
}

/** Marks what nobody answered in time; an expiry is not a denial. Returns the events to append. */
export async function expireAsked(tx: Tx, run: OfRun, now: number): Promise<NewEvent[]> {
  const rows = await tx.db
    .updateTable("approvals")
    .set({ state: "expired", decided_at: now })
    .where("run_id", "=", run.id)
    .where("state", "=", "requested")
    .where("expires_at", "<=", now)
    .returningAll()
    .execute();
  return told(tx, run, [...rows.map((row) => approvalEvent(row, run)), ...(await expireQuestions(tx, run, now))]);
}

async function told(tx: Tx, run: OfRun, events: NewEvent[]): Promise<NewEvent[]> {
  if (events.length === 0) return events;
  const chat = await tx.db
    .selectFrom("chats")
    .select(["id", "owner_id"])
    .where("id", "=", run.chat_id)
    .executeTakeFirstOrThrow();
  tx.changed("approvals", await toldOfApprovals(tx.db, chat));
  return events;
}

/** The event of an approval's present state. */
export function approvalEvent(row: ApprovalRow, run: Pick<RunRow, "id" | "task_id">): NewEvent {
  return {
    type: "approval",
    data: {
      approvalId: row.id,
      callId: row.call_id,
      state: row.state,
      argsDigest: row.args_digest,
      ...(row.terms !== null && { terms: row.terms }),
      ...(row.decided_by !== null && { by: row.decided_by }),
      ...(row.via !== null && { via: row.via }),
      ...(row.note !== null && { note: row.note }),
    },
    runId: run.id,
    taskId: run.task_id,
    step: null,
    actor: SYSTEM_ACTOR,
  };
}
