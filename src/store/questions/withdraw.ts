import type { Json, NewEvent } from "../../core/events.ts";
import { shorten } from "../../core/text.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import type { QuestionRow, RunRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";

type OfRun = Pick<RunRow, "id" | "task_id">;

/** Takes back the questions that a run still asks. Returns the events to append. */
export async function withdrawQuestions(tx: Tx, run: OfRun): Promise<NewEvent[]> {
  const rows = await tx.db
    .updateTable("questions")
    .set({ state: "withdrawn", answered_at: tx.now })
    .where("run_id", "=", run.id)
    .where("state", "=", "asked")
    .returningAll()
    .execute();
  return rows.map((row) => questionEvent(row, run));
}

/** Marks those that nobody answered in time. Returns the events to append. */
export async function expireQuestions(tx: Tx, run: OfRun, now: number): Promise<NewEvent[]> {
  const rows = await tx.db
    .updateTable("questions")
    .set({ state: "expired", answered_at: now })
    .where("run_id", "=", run.id)
    .where("state", "=", "asked")
    .where("expires_at", "<=", now)
    .returningAll()
    .execute();
  return rows.map((row) => questionEvent(row, run));
}

/** The whole of a long answer is in its row, and in what the call gives back. */
const SHOWN_ANSWER = 8000;

/** The event of a question's present state. */
export function questionEvent(row: QuestionRow, run: OfRun): NewEvent {
  return {
    type: "question",
    data: {
      questionId: row.id,
      callId: row.call_id,
      text: row.text,
      ...(row.choices !== null && { choices: JSON.parse(row.choices) as string[] }),
      state: row.state,
      ...(row.answer !== null && { answer: shownAnswer(row.answer) }),
      ...(row.answered_by !== null && { by: row.answered_by }),
      ...(row.via !== null && { via: row.via }),
    },
    runId: run.id,
    taskId: run.task_id,
    step: null,
    actor: SYSTEM_ACTOR,
  };
}

function shownAnswer(json: string): Json {
  const answer = JSON.parse(json) as Json;
  if (typeof answer === "string") return shorten(answer, SHOWN_ANSWER);
  return json.length > SHOWN_ANSWER ? shorten(json, SHOWN_ANSWER) : answer;
}
