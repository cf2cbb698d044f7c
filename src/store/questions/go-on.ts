import type { ChatRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/** What the run still asks of people: approvals and questions. */
export function askedBy(db: Db, runId: string) {
  return db
    .selectFrom("approvals")
    .select("id")
    .where("run_id", "=", runId)
    .where("state", "=", "requested")
    .unionAll(db.selectFrom("questions").select("id").where("run_id", "=", runId).where("state", "=", "asked"));
}

/** When nothing is asked any more, the run that waits for people is due. */
export async function letGoOn(tx: Tx, chat: ChatRow, runId: string): Promise<void> {
  if ((await askedBy(tx.db, runId).execute()).length > 0) return;
  await tx.db
    .updateTable("runs")
    .set({ not_before: 0 })
    .where("id", "=", runId)
    .where("chat_id", "=", chat.id)
    .where("state", "=", "waiting")
    .where("wait_reason", "in", ["approval", "question"])
    .execute();
  tx.wake();
}
