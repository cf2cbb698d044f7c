import type { Hub } from "../../core/hub.ts";
import { cancelledMessage, endRun } from "./run.ts";
import type { ChatRow } from "../database/schema.ts";
import { openRuns } from "../runs/open.ts";
import { endTask } from "./task.ts";
import type { Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";

/**
 * Ends all that runs or waits in a chat and hides it; after the commit its watchers and workers are told. The caller holds
 * the chat's lock.
 */
export async function cancelChat(tx: Tx, hub: Hub, viewer: User, chat: ChatRow): Promise<void> {
  const runs = await tx.db
    .selectFrom("runs")
    .select(["id", "task_id"])
    .where("chat_id", "=", chat.id)
    .where(openRuns())
    .execute();
  const by = viewer.name;
  // Nothing gets a turn of its own any more: every message counts as read.
  const readSeq = Number.MAX_SAFE_INTEGER;
  for (const run of runs) {
    await endRun(tx, run.id, { state: "cancelled", message: cancelledMessage(run), by }, { readSeq });
  }
  const tasks = await tx.db
    .selectFrom("tasks")
    .select("id")
    .where("chat_id", "=", chat.id)
    .where("status", "in", ["pending", "in_progress", "waiting"])
    .execute();
  for (const { id } of tasks) await endTask(tx, id, { state: "cancelled", message: "Task cancelled", by });
  // Those that were deleted before keep their own time: with the chat they do not come back.
  await tx.db
    .updateTable("tasks")
    .set({ deleted_at: tx.now })
    .where("chat_id", "=", chat.id)
    .where("deleted_at", "is", null)
    .execute();
  await tx.db.updateTable("chats").set({ deleted_at: tx.now }).where("id", "=", chat.id).execute();
  tx.after(() => {
    hub.gone(chat.id);
    // A worker would notice at its next write; told now, it ends its tools and gives its place back at once.
    for (const run of runs) hub.stop(run.id);
  });
}
