import { sql } from "kysely";
import { ON_TIME_MS } from "../../core/catch-up.ts";
import { LEASE_MS } from "../runs/claim.ts";
import { addSpent } from "../runs/spent.ts";
import { nowSql } from "../database/sql.ts";
import type { Store } from "../database/store.ts";

/** A provider may ask for an hour; no back-off is longer. */
const LONGEST_BACK_OFF_MS = 3_600_000;
const LONGEST_DAY_MS = 25 * 3_600_000;

/**
 * The clock has gone back: what was stored by it in the meantime, as an instant that is so far from then, is as far from now.
 * Else a run would wait, an approval, a question or a permission would last, and a deleted chat would stay, until that time has come.
 * Schedules put themselves right.
 */
export async function putTimesRight(store: Store, now: number): Promise<void> {
  const ahead = now + ON_TIME_MS;
  await store.transact(async (tx) => {
    const { db } = tx;
    await db
      .updateTable("runs")
      .set({ not_before: now })
      .where("state", "=", "waiting")
      .where("wait_reason", "=", "retry")
      .where("not_before", ">", ahead + LONGEST_BACK_OFF_MS)
      .execute();
    // They look again what the day is.
    await db
      .updateTable("runs")
      .set({ not_before: now })
      .where("state", "=", "waiting")
      .where("wait_reason", "=", "limit")
      .where("not_before", ">", ahead + LONGEST_DAY_MS)
      .execute();
    // Taken away first: of two nodes that do this at once one has them.
    const spent = await db
      .deleteFrom("user_spent")
      .where("at", ">", ahead)
      .returning(["user_id", "requests", "tokens", "dollars"])
      .execute();
    for (const { user_id, requests, tokens, dollars } of spent.toSorted((a, b) => (a.user_id < b.user_id ? -1 : 1))) {
      await addSpent(db, user_id, now, { requests: Number(requests), tokens: Number(tokens), dollars });
    }
    await db
      .updateTable("runs")
      .set({ queued_at: now })
      .where("state", "=", "queued")
      .where("queued_at", ">", ahead)
      .execute();
    await db
      .updateTable("approvals")
      .set({ requested_at: now, expires_at: sql<number>`expires_at - requested_at + ${now}` })
      .where("state", "=", "requested")
      .where("requested_at", ">", ahead)
      .execute();
    await db
      .updateTable("questions")
      .set({ asked_at: now, expires_at: sql<number>`expires_at - asked_at + ${now}` })
      .where("state", "=", "asked")
      .where("asked_at", ">", ahead)
      .execute();
    const expiry = sql<number>`(SELECT min(asked.expires_at) FROM (
      SELECT a.expires_at FROM approvals a WHERE a.run_id = runs.id AND a.state = 'requested'
      UNION ALL SELECT q.expires_at FROM questions q WHERE q.run_id = runs.id AND q.state = 'asked') asked)`;
    await db
      .updateTable("runs")
      .set({ not_before: expiry })
      .where("state", "=", "waiting")
      .where("wait_reason", "in", ["approval", "question"])
      .where("not_before", ">", expiry)
      .execute();
    await db
      .updateTable("grants")
      .set({ created_at: now, until_at: sql<number>`until_at - created_at + ${now}` })
      .where("created_at", ">", ahead)
      .execute();
    await db.updateTable("chats").set({ deleted_at: now }).where("deleted_at", ">", ahead).execute();
    await db.updateTable("chats").set({ last_event_at: now }).where("last_event_at", ">", ahead).execute();
    if (tx.kind === "postgres") {
      // Its worker, if it lives, has the time of one lease to renew it.
      await db
        .updateTable("runs")
        .set({ lease_until: sql<number>`${nowSql(tx.kind, now)} + ${LEASE_MS}` })
        .where("state", "in", ["working", "stopping"])
        .where("lease_until", ">", sql<number>`${nowSql(tx.kind, now)} + ${2 * LEASE_MS}`)
        .execute();
    }
    tx.wake();
  });
}
