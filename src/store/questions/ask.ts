import type { Json } from "../../core/events.ts";
import { soundValue } from "../../core/text.ts";
import type { QuestionRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { audienceOf } from "../people/access.ts";
import type { Claimed } from "../runs/claim.ts";
import { announce } from "../runs/queue.ts";
import { fenceOf } from "../runs/record.ts";
import { questionEvent } from "./withdraw.ts";

export interface NewQuestion {
  readonly callId: string;
  readonly tool: string;
  readonly text: string;
  readonly choices: readonly string[];
  readonly form: Json | undefined;
  readonly kept: Json;
}

/** A call of a working run asks people. Behind its fence. */
export async function askQuestion(store: Store, claimed: Claimed, asked: NewQuestion, ttlMs: number): Promise<void> {
  const { run, chat } = claimed;
  const { callId, tool, text, choices, form, kept } = soundValue(asked);
  await store.transact(async (tx) => {
    const row: QuestionRow = {
      id: tx.newId(),
      chat_id: run.chat_id,
      run_id: run.id,
      call_id: callId,
      tool,
      asked_seq: 0,
      text,
      choices: choices.length === 0 ? null : JSON.stringify(choices),
      form: form === undefined ? null : JSON.stringify(form),
      kept: JSON.stringify(kept),
      state: "asked",
      answer: null,
      asked_at: tx.now,
      expires_at: tx.now + ttlMs,
      answered_at: null,
      answered_by: null,
      via: null,
    };
    const [event] = await tx.append(run.chat_id, [questionEvent(row, run)], fenceOf(claimed));
    await tx.db
      .insertInto("questions")
      .values({ ...row, asked_seq: event?.seq ?? 0 })
      .execute();
    tx.changed("approvals", await audienceOf(tx.db, chat));
    await announce(tx, chat, run.task_id);
  });
}

/** The run's own questions: of each call the one that was asked last. */
export async function questionsOfRun(store: Store, runId: string): Promise<ReadonlyMap<string, QuestionRow>> {
  const rows = await store.db
    .selectFrom("questions")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("asked_seq")
    .execute();
  return new Map(rows.map((row) => [row.call_id, row]));
}
