import { messageOf } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { countOutcome } from "../ledger/failures.ts";
import { usableChat } from "../ledger/told.ts";
import type { OccurrenceRow, ScheduleRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import type { Descent } from "../runs/descent.ts";
import { addTaskIn } from "../tasks/add.ts";
import type { TaskLimits } from "../tasks/read.ts";
import type { User } from "../people/user.ts";
import { readPrompt } from "./prompt-words.ts";

/** `manual` of a row that a clock which was ahead has written. */
export const EARLY = 2;

export function occurrenceRow(tx: Tx, scheduleId: string, at: number): OccurrenceRow {
  return {
    id: tx.newId(),
    schedule_id: scheduleId,
    due_at: at,
    until_at: null,
    count: 1,
    manual: 0,
    outcome: "queued",
    reason: null,
    start_at: at,
    task_id: null,
    run_id: null,
    started_at: null,
    ended_at: null,
    created_at: tx.now,
  };
}

/** Adds the task of an occurrence whose row exists; a prompt that cannot be read fails it. Returns the schedule as it is then. */
export async function startOccurrence(
  store: Store,
  tx: Tx,
  schedule: ScheduleRow,
  row: OccurrenceRow,
  now: number,
): Promise<ScheduleRow> {
  let instruction: string;
  try {
    instruction = readPrompt(store, schedule.prompt);
  } catch (error) {
    await tx.db
      .updateTable("occurrences")
      .set({ outcome: "failed", reason: messageOf(error), ended_at: tx.now })
      .where("id", "=", row.id)
      .execute();
    return countOutcome(tx, schedule, "failed");
  }
  const chat = await usableChat(tx, schedule);
  const owner = await ownerOf(tx, schedule);
  const descent = schedule.descent === null ? null : (JSON.parse(schedule.descent) as Descent);
  const added = await addTaskIn(
    tx,
    owner,
    {
      instruction,
      metadata: JSON.parse(schedule.metadata) as { [key: string]: Json },
      limits: JSON.parse(schedule.limits) as TaskLimits,
      ...(schedule.model !== null && { model: schedule.model }),
      ...(schedule.effort !== null && { effort: schedule.effort }),
      ...(chat !== undefined && { chatId: chat }),
      ...(row.start_at > Math.max(now, tx.now) && { runAt: new Date(row.start_at).toISOString() }),
    },
    { schedule: schedule.name, ...(descent !== null && { from: { descent, owner } }) },
  );
  await tx.db.updateTable("occurrences").set({ task_id: added.id }).where("id", "=", row.id).execute();
  await tx.db.updateTable("schedules").set({ chat_id: added.chatId }).where("id", "=", schedule.id).execute();
  return { ...schedule, chat_id: added.chatId };
}

export async function ownerOf(tx: Tx, schedule: ScheduleRow): Promise<User> {
  const query = tx.db.selectFrom("user").select(["id", "name", "role"]);
  return query.where("id", "=", schedule.owner_id).executeTakeFirstOrThrow();
}
