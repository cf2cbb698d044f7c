import { isoTime } from "../../core/clock.ts";
import type { EventBody } from "../../core/events.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import type { ScheduleRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

/** What a schedule did not do is told in its chat, so that it is seen, and found by whoever was away. */

type Told = Extract<EventBody, { type: "schedule" }>["data"];

export interface Skip {
  readonly reason: "overlap" | "down" | "policy" | "backoff" | "limit";
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

const WHY: { readonly [reason in Skip["reason"]]: string } = {
  overlap: "the run before had not ended",
  down: "Sparky was not running",
  policy: "it was too long ago, or too much, to catch up with",
  backoff: "it rests after a failure",
  limit: "what may be spent in its owner's name is used up",
};

export async function tellSkip(tx: Tx, schedule: ScheduleRow, { reason, first, last, count }: Skip): Promise<void> {
  const [dueAt, until] = [isoTime(first), isoTime(last)];
  const what = count === 1 ? `The run of ${dueAt} was` : `${count} runs from ${dueAt} to ${until} were`;
  await tell(tx, schedule, {
    change: "skipped",
    schedule: schedule.name,
    reason,
    dueAt,
    ...(count > 1 && { until }),
    count,
    message: `${what} skipped: ${WHY[reason]}`,
  });
}

/** The clock went back from what it had said: what was written down for times that have not come does not count. */
export async function tellClock(
  tx: Tx,
  schedule: ScheduleRow,
  { said, now, count }: { readonly said: number; readonly now: number; readonly count: number },
): Promise<void> {
  const [until, dueAt] = [isoTime(said), isoTime(now)];
  const what = count === 1 ? "one time" : `${count} times`;
  await tell(tx, schedule, {
    change: "skipped",
    schedule: schedule.name,
    reason: "clock",
    dueAt,
    until,
    count,
    message: `The clock went back from ${until} to ${dueAt}: ${what} that it had taken for past, or due, will be due when they come`,
  });
}

export async function tellPause(tx: Tx, schedule: ScheduleRow, reason: string): Promise<void> {
  const message = `The schedule "${schedule.name}" was paused: it ${reason}`;
  await tell(tx, schedule, { change: "paused", schedule: schedule.name, reason, message });
}

/** A schedule that has no chat yet tells nothing: its ledger does. The caller holds the chat's lock. */
async function tell(tx: Tx, schedule: ScheduleRow, data: Told): Promise<void> {
  const chatId = await usableChat(tx, schedule);
  if (chatId === undefined) return;
  await tx.append(chatId, [{ type: "schedule", data, runId: null, taskId: null, step: null, actor: SYSTEM_ACTOR }]);
}

/** The schedule's chat, unless it was deleted. */
export async function usableChat(tx: Tx, schedule: ScheduleRow): Promise<string | undefined> {
  if (schedule.chat_id === null) return undefined;
  const query = tx.db.selectFrom("chats").select("id").where("id", "=", schedule.chat_id);
  return (await query.where("deleted_at", "is", null).executeTakeFirst())?.id;
}
