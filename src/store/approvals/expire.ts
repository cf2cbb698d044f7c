import { audienceOf, lockChat } from "../people/access.ts";
import type { Store } from "../database/store.ts";
import { approvalEvent } from "./withdraw.ts";

/**
 * Marks what nobody answered in time, on any node: its run may wait for one that serves tasks, and there is none. An expiry
 * is not a denial. One that fails keeps no other; what failed is thrown after all were tried.
 */
export async function expireOverdue(store: Store, now: number): Promise<void> {
  const runs = await store.db
    .selectFrom("approvals as a")
    .innerJoin("runs as r", "r.id", "a.run_id")
    .select(["r.id", "r.chat_id", "r.task_id"])
    .where("a.state", "=", "requested")
    .where("a.expires_at", "<=", now)
    .groupBy(["r.id", "r.chat_id", "r.task_id"])
    .execute();
  const failures: unknown[] = [];
  for (const run of runs) await expire(store, run, now).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} approvals could not expire`);
}

interface Run {
  readonly id: string;
  readonly chat_id: string;
  readonly task_id: string | null;
}

async function expire(store: Store, run: Run, now: number): Promise<void> {
  await store.transact(async (tx) => {
    const chat = await lockChat(tx, run.chat_id);
    const rows = await tx.db
      .updateTable("approvals")
      .set({ state: "expired", decided_at: now })
      .where("run_id", "=", run.id)
      .where("state", "=", "requested")
      .where("expires_at", "<=", now)
      .returningAll()
      .execute();
    if (rows.length === 0) return;
    await tx.append(
      chat.id,
      rows.map((row) => approvalEvent(row, run)),
    );
    tx.changed("approvals", await audienceOf(tx.db, chat));
  });
}
