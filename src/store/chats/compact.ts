import { SparkyError } from "../../core/errors.ts";
import { lockChatFor } from "../people/access.ts";
import { userActor } from "../people/actors.ts";
import type { User } from "../people/user.ts";
import { openRuns } from "../runs/open.ts";
import { queueRun } from "../runs/queue.ts";
import { PROMPTLY, type Store } from "../database/store.ts";

/** Queues a turn that sums up what was said in the chat; what somebody says until it has ended is answered by it. */
export async function compactChat(store: Store, viewer: User, chatId: string): Promise<{ readonly runId: string }> {
  return store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "write", chatId);
    const open = await tx.db
      .selectFrom("runs")
      .select("id")
      .where("chat_id", "=", chatId)
      .where(openRuns())
      .limit(1)
      .executeTakeFirst();
    if (open !== undefined) {
      throw new SparkyError(
        "conflict",
        "the agent has work in this chat: what was said is summed up between two runs",
        {
          hint: "wait until it is done, or stop it; it sums up by itself when the model's window is full",
        },
      );
    }
    const runId = await queueRun(tx, {
      chat,
      taskId: null,
      purpose: "compact",
      ...{ priority: 0, notBefore: 0, message: "Queued: to sum up what was said", actor: userActor(viewer) },
    });
    return { runId };
  }, PROMPTLY);
}
