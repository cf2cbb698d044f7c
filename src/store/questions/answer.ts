import { MESSAGE } from "../../core/answered-by.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import type { Actor, ChatEvent, EventOf, Json, NewEvent } from "../../core/events.ts";
import { formFields, formProblem } from "../../core/form.ts";
import type { QuestionRow, RunRow } from "../database/schema.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import { audienceOf, lockChatFor } from "../people/access.ts";
import { userActor } from "../people/actors.ts";
import type { User } from "../people/user.ts";
import { viaOf } from "../audit/via.ts";
import { letGoOn } from "./go-on.ts";
import { getQuestion, type Question } from "./questions.ts";
import { questionEvent } from "./withdraw.ts";

const MOST_BYTES = 65_536;

/** Answers a question, or declines to (null). The first answer wins. */
export async function answerQuestion(store: Store, viewer: User, id: string, answer: Json): Promise<Question> {
  await store.transact(async (tx) => {
    const what = `question ${JSON.stringify(id)}`;
    const seen = await tx.db.selectFrom("questions").selectAll().where("id", "=", id).executeTakeFirst();
    if (seen === undefined) throw notFound(what);
    const chat = await lockChatFor(tx, viewer, "answer", seen.chat_id, what);
    const row = await tx.db.selectFrom("questions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    if (row.state === "expired" || (row.state === "asked" && row.expires_at <= tx.now)) {
      throw new SparkyError("conflict", "this expired already: nobody answered in time");
    }
    if (row.state !== "asked") {
      throw new SparkyError(
        "conflict",
        `this was ${row.state} already${row.answered_by ? ` by ${row.answered_by}` : ""}`,
      );
    }
    const problem = answer === null ? null : answerProblem(row, answer);
    if (problem !== null) throw new SparkyError("invalid_input", `answer: ${problem}`);
    const run = await tx.db
      .selectFrom("runs")
      .select(["id", "task_id"])
      .where("id", "=", row.run_id)
      .executeTakeFirstOrThrow();
    await tx.append(chat.id, [await settle(tx, row, run, { actor: userActor(viewer), answer, via: await viaOf(tx) })]);
    await letGoOn(tx, chat, row.run_id);
    tx.changed("approvals", await audienceOf(tx.db, chat), id);
  }, PROMPTLY);
  return getQuestion(store, viewer, id);
}

/**
 * A person's message is the answer to what was asked before it: of several questions to the first, for the others were not
 * meant. A form is not filled in by words. Returns the event to append; none: it answers nothing.
 */
export async function answerByMessage(
  tx: Tx,
  run: Pick<RunRow, "id" | "task_id">,
  said: readonly ChatEvent[],
): Promise<NewEvent[]> {
  const row = await tx.db
    .selectFrom("questions")
    .selectAll()
    .where("run_id", "=", run.id)
    .where("state", "=", "asked")
    .where("expires_at", ">", tx.now)
    .where("form", "is", null)
    .orderBy("asked_seq")
    .executeTakeFirst();
  if (row === undefined) return [];
  const message = said.find((event): event is EventOf<"message"> => isAfter(event, row.asked_seq));
  if (message === undefined) return [];
  return [await settle(tx, row, run, { actor: message.actor, answer: message.data.text, via: MESSAGE })];
}

function isAfter(event: ChatEvent, seq: number): boolean {
  return event.type === "message" && event.data.role === "user" && event.taskId === null && event.seq > seq;
}

async function settle(
  tx: Tx,
  row: QuestionRow,
  run: Pick<RunRow, "id" | "task_id">,
  { actor, answer, via }: { readonly actor: Actor; readonly answer: Json; readonly via: string },
): Promise<NewEvent> {
  const change = {
    state: answer === null ? "withdrawn" : "answered",
    answer: answer === null ? null : JSON.stringify(answer),
    answered_at: tx.now,
    answered_by: actor.name,
    via,
  } as const;
  await tx.db.updateTable("questions").set(change).where("id", "=", row.id).execute();
  return { ...questionEvent({ ...row, ...change }, run), actor };
}

function answerProblem(row: QuestionRow, answer: Json): string | null {
  if (Buffer.byteLength(JSON.stringify(answer)) > MOST_BYTES) return "must be at most 64 KB";
  if (row.form === null) return typeof answer === "string" && answer.trim() !== "" ? null : "must be words";
  return formProblem(formFields(JSON.parse(row.form) as Json) ?? [], answer);
}
