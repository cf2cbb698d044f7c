import type { ModelMessage } from "ai";
import { sql, type SqlBool } from "kysely";
import type { ChatEvent } from "../core/events.ts";
import { soundJson } from "../core/text.ts";
import { readableEvent } from "../store/log/events.ts";
import { hiddenIn } from "../store/recall/hidden.ts";
import type { Db } from "../store/database/sql.ts";
import { LAST_RUNS } from "./in-scope.ts";
import type { RecordedStep } from "./told-steps.ts";

/** What a run reads of the store beside the events of its chat. */

/** All that stands behind an event, up to another one. */
export async function rowsBehind(db: Db, chatId: string, after: number, upTo: number | null) {
  return db
    .selectFrom("events")
    .select(["seq", "type", "body"])
    .where("chat_id", "=", chatId)
    .where("seq", ">", after)
    .$if(upTo !== null, (query) => query.where("seq", "<=", upTo))
    .orderBy("seq")
    .execute();
}

const MAX_RUNS = 100;

/** Of each of these runs the recorded steps from its number on, and how many characters they are; `upTo`: those alone that had read less. */
export async function stepsFrom(
  db: Db,
  firsts: ReadonlyMap<string, number>,
  upTo: number | null,
): Promise<{ readonly steps: readonly RecordedStep[]; readonly size: number }> {
  const steps: RecordedStep[] = [];
  let size = 0;
  for (const ids of portionsOf([...firsts], MAX_RUNS)) {
    const rows = await db
      .selectFrom("steps")
      .selectAll()
      .where((eb) => eb.or(ids.map(([id, first]) => eb.and([eb("run_id", "=", id), eb("step", ">=", first)]))))
      .$if(upTo !== null, (query) => query.where("read_seq", "<", upTo))
      .orderBy("step")
      .execute();
    for (const { run_id: runId, step, provider, model, read_seq: readSeq, messages: json } of rows) {
      // Written by `recordStep` alone, from messages that the AI SDK gave; by older versions with halves of characters.
      const messages = JSON.parse(soundJson(json)) as ModelMessage[];
      steps.push({ runId, step, provider, model, readSeq, messages });
      size += json.length;
    }
  }
  return { steps, size };
}

function* portionsOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** So many messages are looked through at a time for the last words of earlier runs. */
const LOOK = 20;

/** Written out, not bound, so that the index of messages applies: between two of them may be a million other events. */
const isMessage = sql<SqlBool>`type = 'message'`;

/** Where somebody last said something, up to an event; undefined: not among the messages just before it. */
export async function lastWords(db: Db, chatId: string, upTo: number): Promise<number | undefined> {
  const rows = await db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chatId)
    .where(isMessage)
    .where("seq", "<=", upTo)
    .orderBy("seq", "desc")
    .limit(LOOK)
    .execute();
  const events = rows.map(({ seq, body }) => readableEvent(chatId, seq, body));
  return events.find((event) => event?.type === "message" && event.data.role === "user")?.seq;
}

/** The final messages of the chat's last runs before the task's own events, ascending. */
export async function lastFinals(
  db: Db,
  run: { readonly chat_id: string; readonly task_id: string | null },
  before: number,
): Promise<readonly ChatEvent[]> {
  const finals = new Map<string, ChatEvent>();
  const hidden = new Set(await hiddenIn(db, run.chat_id, 0));
  for (let to = before; finals.size < LAST_RUNS;) {
    const rows = await db
      .selectFrom("events")
      .select(["seq", "body"])
      .where("chat_id", "=", run.chat_id)
      .where(isMessage)
      .where("seq", "<", to)
      .orderBy("seq", "desc")
      .limit(LOOK)
      .execute();
    for (const { seq, body } of rows) {
      const event = readableEvent(run.chat_id, seq, body);
      if (event?.type !== "message" || event.runId === null || event.taskId === run.task_id) continue;
      if (event.data.role !== "assistant" || event.data.partial || finals.has(event.runId)) continue;
      // They say what a person wants forgotten.
      if (hidden.has(seq)) continue;
      if (finals.size < LAST_RUNS) finals.set(event.runId, event);
    }
    if (rows.length < LOOK) break;
    to = rows.at(-1)?.seq ?? 0;
  }
  return [...finals.values()].reverse();
}
