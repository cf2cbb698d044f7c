import { sql } from "kysely";
import type { EventOf, NewEvent } from "../../core/events.ts";
import { soundText } from "../../core/text.ts";
import type { Store } from "../database/store.ts";
import { readableEvent } from "../log/events.ts";
import { byAgent } from "../people/actors.ts";
import type { Claimed } from "./claim.ts";
import { addUsage, fenceOf } from "./record.ts";

/** What stands in a run's context for the beginning of its chat. */

/** The summary and what it has cost, behind the run's fence: both, or nothing. */
export async function recordSummary(
  store: Store,
  claimed: Claimed,
  summary: EventOf<"summary">["data"],
  usages: readonly EventOf<"usage">["data"][],
): Promise<void> {
  const { run } = claimed;
  const by = byAgent(run, null);
  const text = store.secrets.text(soundText(summary.text));
  const events: readonly NewEvent[] = [
    { type: "summary", data: { ...summary, text }, ...by },
    ...usages.map((data): NewEvent => ({ type: "usage", data, ...by })),
  ];
  await store.transact(async (tx) => {
    await tx.append(run.chat_id, events, fenceOf(claimed));
    for (const usage of usages) await addUsage(tx, claimed, usage);
  });
}

/** The newest first; `upTo`: none that was made behind this event. */
export async function summariesOf(
  { db, kind }: Pick<Store, "db" | "kind">,
  chatId: string,
  limit: number,
  upTo: number | null = null,
): Promise<readonly EventOf<"summary">[]> {
  // Left to itself SQLite goes back through the whole log by its key. The type is written out: only so does the index apply.
  const events = kind === "sqlite" ? sql`events INDEXED BY events_summary` : sql`events`;
  const within = upTo === null ? sql`` : sql`AND seq <= ${upTo}`;
  const { rows } = await sql<{ seq: number; body: string }>`
    SELECT seq, body FROM ${events} WHERE chat_id = ${chatId} AND type = 'summary' ${within}
    ORDER BY seq DESC LIMIT ${limit}`.execute(db);
  return rows.flatMap(({ seq, body }) => {
    const event = readableEvent(chatId, seq, body);
    return event?.type === "summary" ? [event] : [];
  });
}
