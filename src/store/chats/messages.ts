import type { ChatEvent, NewEvent } from "../../core/events.ts";
import { attachFiles } from "../log/files.ts";
import { lockChatFor } from "../people/access.ts";
import { AGENT_ACTOR, userActor } from "../people/actors.ts";
import { titleFrom } from "./chats.ts";
import { mentionsOf } from "./mentions.ts";
import { openRuns } from "../runs/open.ts";
import { announce, queueRun } from "../runs/queue.ts";
import { withdrawAsked } from "../approvals/withdraw.ts";
import { answerByMessage } from "../questions/answer.ts";
import type { RunRow } from "../database/schema.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";

export interface NewMessage {
  readonly text: string;
  readonly key?: string | undefined;
  /** Files by their ids. */
  readonly attachments?: readonly string[] | undefined;
}

export interface Accepted {
  readonly seq: number;
  /** The run that will read it. */
  readonly runId: string;
}

/**
 * Puts a person's message into the log, with the run that will read it: the active run of the chat reads it at its next
 * step, else a queued turn, else a new one. Sent twice with the same key it is stored once.
 */
export async function postMessage(store: Store, viewer: User, chatId: string, message: NewMessage): Promise<Accepted> {
  return store.transact((tx) => postInto(tx, viewer, chatId, message), PROMPTLY);
}

/** The same, as part of a transaction. `filesFrom`: the chat whose files may be sent once more, this one where it is left out. */
export async function postInto(
  tx: Tx,
  viewer: User,
  chatId: string,
  message: NewMessage,
  filesFrom: string = chatId,
): Promise<Accepted> {
  const chat = await lockChatFor(tx, viewer, "write", chatId);
  if (message.key !== undefined) {
    const known = await tx.db
      .selectFrom("message_keys")
      .select(["seq", "run_id as runId"])
      .where("chat_id", "=", chatId)
      .where("user_id", "=", viewer.id)
      .where("key", "=", message.key)
      .executeTakeFirst();
    if (known !== undefined) return known;
  }
  const attachments = await attachFiles(tx, viewer, chatId, message.attachments ?? [], filesFrom);
  const event: NewEvent = {
    type: "message",
    data: {
      role: "user",
      text: message.text,
      ...(message.key !== undefined && { key: message.key }),
      ...(await mentionsOf(tx, viewer, chat, message.text)),
      ...(attachments.length > 0 && { attachments: [...attachments] }),
    },
    runId: null,
    taskId: null,
    step: null,
    actor: userActor(viewer),
  };
  const said = await tx.append(chatId, [event, ...(await naming(tx, chat.titled_by, chatId, message.text))]);
  const seq = said[0]?.seq ?? chat.head + 1;
  const runId = await readerOf(tx, chatId, said, () =>
    queueRun(tx, { chat, taskId: null, priority: 0, notBefore: 0, message: "Queued", actor: userActor(viewer) }),
  );
  if (message.key !== undefined) {
    const row = { chat_id: chatId, user_id: viewer.id, key: message.key, seq, run_id: runId };
    await tx.db.insertInto("message_keys").values(row).execute();
  }
  await announce(tx, chat, null);
  return { seq, runId };
}

/** A chat that nobody has named gets its first words as title, in the same transaction and with no model call. */
async function naming(tx: Tx, titledBy: string, chatId: string, text: string): Promise<NewEvent[]> {
  if (titledBy !== "nobody") return [];
  const title = titleFrom(text);
  await tx.db.updateTable("chats").set({ title, titled_by: "agent" }).where("id", "=", chatId).execute();
  const data = { change: "renamed", title, by: "agent" } as const;
  return [{ type: "chat", data, runId: null, taskId: null, step: null, actor: AGENT_ACTOR }];
}

async function readerOf(
  tx: Tx,
  chatId: string,
  said: readonly ChatEvent[],
  queue: () => Promise<string>,
): Promise<string> {
  const open = await tx.db
    .selectFrom("runs")
    .selectAll()
    .where("chat_id", "=", chatId)
    // Not sorted there: SQLite would go through all the runs of the chat for their order.
    .where(openRuns())
    .execute();
  const active = open.find((run) => run.state === "working" || run.state === "waiting");
  if (active?.state === "waiting") await cutShort(tx, active, said);
  const queued = open.filter((run) => run.state === "queued" && run.task_id === null);
  const reader = active ?? queued.toSorted((a, b) => a.queued_at - b.queued_at)[0];
  return reader?.id ?? queue();
}

/** A person's word ends the wait: it answers what was asked, the run is due at once, and all else that was asked is withdrawn. */
async function cutShort(tx: Tx, run: RunRow, said: readonly ChatEvent[]): Promise<void> {
  const answered = await answerByMessage(tx, run, said);
  const withdrawn = await withdrawAsked(tx, run);
  if (answered.length + withdrawn.length > 0) await tx.append(run.chat_id, [...answered, ...withdrawn]);
  const wait_reason = answered.length > 0 ? "question" : "message";
  await tx.db.updateTable("runs").set({ not_before: 0, wait_reason }).where("id", "=", run.id).execute();
  tx.wake();
}
