import { lockChat } from "../people/access.ts";
import type { Claimed } from "../runs/claim.ts";
import { fenceOf } from "../runs/record.ts";
import type { Store } from "../database/store.ts";
import { expireAsked } from "./withdraw.ts";

/** The same for a working run, behind its fence. */
export async function expireAskedBy(store: Store, claimed: Claimed): Promise<void> {
  await store.transact(async (tx) => {
    const events = await expireAsked(tx, claimed.run, tx.now);
    if (events.length > 0) await tx.append(claimed.run.chat_id, events, fenceOf(claimed));
  });
}

/**
 * Marks what nobody answered in time, on any node: its run may wait for one that serves tasks, and there is none. One that
 * fails keeps no other; what failed is thrown after all were tried.
 */
export async function expireOverdue(store: Store, now: number): Promise<void> {
  const { db } = store;
  const runs = await db
    .selectFrom("runs")
    .select(["id", "chat_id", "task_id"])
    .where("id", "in", (eb) =>
      eb
        .selectFrom("approvals")
        .select("run_id")
        .where("state", "=", "requested")
        .where("expires_at", "<=", now)
        .unionAll(
          eb.selectFrom("questions").select("run_id").where("state", "=", "asked").where("expires_at", "<=", now),
        ),
    )
    .execute();
  const failures: unknown[] = [];
  for (const run of runs) {
    const expire = store.transact(async (tx) => {
      const chat = await lockChat(tx, run.chat_id);
      const events = await expireAsked(tx, run, now);
      if (events.length > 0) await tx.append(chat.id, events);
    });
    await expire.catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `what ${failures.length} runs ask could not expire`);
}
