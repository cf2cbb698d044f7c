import type { NewEvent } from "../../core/events.ts";
import { audienceOf } from "../people/access.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import type { ApprovalRow, RunRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

/** Takes back what a run still asks of people: it ended, or a person wrote instead. Returns the events to append. */
export async function withdrawApprovals(tx: Tx, run: Pick<RunRow, "id" | "task_id">): Promise<NewEvent[]> {
  const rows = await tx.db
    .updateTable("approvals")
    .set({ state: "withdrawn", decided_at: tx.now })
    .where("run_id", "=", run.id)
    .where("state", "=", "requested")
    .returningAll()
    .execute();
  const [first] = rows;
  if (first === undefined) return [];
  const chat = await tx.db
    .selectFrom("chats")
    .select(["id", "owner_id"])
    .where("id", "=", first.chat_id)
    .executeTakeFirstOrThrow();
  tx.changed("approvals", await audienceOf(tx.db, chat));
  return rows.map((row) => approvalEvent(row, run));
}

/** The event of an approval's present state. */
export function approvalEvent(row: ApprovalRow, run: Pick<RunRow, "id" | "task_id">, via?: string): NewEvent {
  return {
    type: "approval",
    data: {
      approvalId: row.id,
      callId: row.call_id,
      state: row.state,
      argsDigest: row.args_digest,
      ...(row.decided_by !== null && { by: row.decided_by }),
      ...(via !== undefined && { via }),
      ...(row.note !== null && { note: row.note }),
    },
    runId: run.id,
    taskId: run.task_id,
    step: null,
    actor: SYSTEM_ACTOR,
  };
}
