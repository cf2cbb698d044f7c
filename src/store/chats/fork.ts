import { SparkyError } from "../../core/errors.ts";
import type { Attachment, ChatEvent, NewEvent } from "../../core/events.ts";
import type { ChatRow } from "../database/schema.ts";
import { madeOnce } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { readEvents } from "../log/events.ts";
import { checkCopies } from "../log/file-room.ts";
import { copyFile } from "../log/files.ts";
import { audienceOf, lockChatFor } from "../people/access.ts";
import type { User } from "../people/user.ts";
import {
  chatEvent,
  createdEvent,
  forkedFrom,
  getChat,
  newChatRow,
  ownIsSeen,
  seenIn,
  titleFrom,
  type Chat,
} from "./chats.ts";
import { forkedEvents } from "./forked-events.ts";
import { postInto, type Accepted } from "./messages.ts";

/** Both bound what one transaction copies, while others wait. */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 32 * 1024 * 1024;
const PORTION = 500;

export interface NewFork {
  /** The last event that the new chat begins with; 0: with none. */
  readonly seq: number;
  /** What is said there first. */
  readonly text?: string | undefined;
  /** Files that go with it, by their ids: one’s own, or such as this chat has. */
  readonly attachments?: readonly string[] | undefined;
  readonly model?: string | undefined;
  readonly key?: string | undefined;
}

export interface Forked {
  readonly chat: Chat;
  readonly message: Accepted | null;
  readonly created: boolean;
}

/**
 * Makes a chat that begins as another one did up to an event of it, and goes its own way: one transaction, so that a crash leaves
 * all of it or nothing. The two name each other. The same `key` makes it once.
 */
export async function forkChat(store: Store, viewer: User, chatId: string, wanted: NewFork): Promise<Forked> {
  const made = await madeOnce(() => store.transact((tx) => fork(tx, viewer, chatId, wanted)));
  return { chat: await getChat(store, viewer, made.id), message: made.message, created: made.created };
}

type Made = { readonly id: string; readonly message: Accepted | null; readonly created: boolean };

async function fork(
  tx: Tx,
  viewer: User,
  chatId: string,
  { seq, text, attachments, model, key }: NewFork,
): Promise<Made> {
  const source = await lockChatFor(tx, viewer, "write", chatId);
  const known = key === undefined ? undefined : await madeBefore(tx, viewer, key, chatId);
  if (known !== undefined) return known;
  if (seq > source.head) {
    throw new SparkyError("invalid_input", `seq: the chat ends at #${source.head}`, { hint: "name an event of it" });
  }
  if (seq > MOST_EVENTS) throw tooLong(`${seq} events`);
  const events = await readEvents(tx.db, chatId, { to: seq });
  const chat = newChatRow(tx, {
    owner_id: viewer.id,
    title: titleOf(source, events, text),
    titled_by: source.titled_by,
    origin: "user",
    schedule: null,
    model: model ?? source.model,
    effort: source.effort,
    key: key ?? null,
  });
  await tx.db.insertInto("chats").values(chat).execute();
  // Behind the event that says that the chat was made.
  const copies = await withOwnFiles(tx, chat, await withOwnBlobs(tx, chat, forkedEvents(events, 2)));
  if (Buffer.byteLength(JSON.stringify(copies)) > MOST_BYTES) throw tooLong("too much text");
  const whence = chatEvent(viewer, { change: "forked", from: chatId, seq });
  const chosen = [
    ...(chat.model === null ? [] : [chatEvent(viewer, { change: "model", model: chat.model })]),
    ...(chat.effort === null ? [] : [chatEvent(viewer, { change: "effort", effort: chat.effort })]),
  ];
  const all = [createdEvent(viewer, chat), ...copies, whence, ...chosen];
  for (let at = 0; at < all.length; at += PORTION) await tx.append(chat.id, all.slice(at, at + PORTION));
  await seenIn(tx, viewer, chat.id, all.length);
  await tx.append(chatId, [chatEvent(viewer, { change: "fork", to: chat.id, seq })]);
  await ownIsSeen(tx, viewer, source, 1);
  tx.changed("chats", [viewer.id], chat.id);
  tx.changed("chats", await audienceOf(tx.db, source), chatId);
  const message = text === undefined ? null : await postInto(tx, viewer, chat.id, { text, key, attachments }, chatId);
  await checkCopies(tx, viewer, chat.id);
  return { id: chat.id, message, created: true };
}

/** What begins with other words, and nobody has named, is named by these. */
function titleOf({ title, titled_by }: ChatRow, events: readonly ChatEvent[], text = ""): string {
  const isSaid = events.some((event) => event.type === "message" && event.data.role === "user");
  return titled_by === "agent" && !isSaid && text.trim() !== "" ? titleFrom(text) : title;
}

/** Throws `conflict` where the key has made another chat than one from this: that is not what was asked for. */
async function madeBefore(tx: Tx, viewer: User, key: string, from: string): Promise<Made | undefined> {
  const known = await tx.db
    .selectFrom("chats")
    .leftJoin("message_keys", (join) =>
      join.onRef("message_keys.chat_id", "=", "chats.id").on("message_keys.key", "=", key),
    )
    .select(["chats.id", "message_keys.seq", "message_keys.run_id"])
    .where("chats.owner_id", "=", viewer.id)
    .where("chats.key", "=", key)
    .where("chats.deleted_at", "is", null)
    .executeTakeFirst();
  if (known === undefined) return undefined;
  const { id, seq, run_id: runId } = known;
  if (!(await forkedFrom(tx.db, id)).includes(from)) {
    throw new SparkyError("conflict", "this key has made another chat already, and not from this one", {
      hint: "send a key of its own with each fork",
    });
  }
  return { id, message: seq === null || runId === null ? null : { seq, runId }, created: false };
}

function tooLong(what: string): SparkyError {
  return new SparkyError("too_large", `the chat is too long to begin another one with it: ${what}`, {
    hint: `at most ${MOST_EVENTS} events and ${MOST_BYTES / 1024 / 1024} MB are copied; begin a new chat instead`,
  });
}

const hasBlob = (event: NewEvent) =>
  event.type === "tool_use" || event.type === "tool_result" || event.type === "resource";

/** What is kept beside the log belongs to its chat: the copies name blobs of their own. */
async function withOwnBlobs(tx: Tx, chat: ChatRow, events: readonly NewEvent[]): Promise<NewEvent[]> {
  const copies: NewEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const id = hasBlob(event) ? event.data.blob : undefined;
    const blob =
      id === undefined
        ? undefined
        : await tx.db.selectFrom("blobs").selectAll().where("id", "=", id).executeTakeFirst();
    if (blob === undefined) {
      copies.push(event);
      continue;
    }
    bytes += blob.size;
    if (bytes > MOST_BYTES) throw tooLong("too much in its results");
    const own = tx.newId();
    await tx.db
      .insertInto("blobs")
      .values({ ...blob, id: own, chat_id: chat.id, created_at: tx.now })
      .execute();
    copies.push({ ...event, data: { ...event.data, blob: own } } as NewEvent);
  }
  return copies;
}

/** The files of messages too; their bytes are shared. */
async function withOwnFiles(tx: Tx, chat: ChatRow, events: readonly NewEvent[]): Promise<NewEvent[]> {
  const copies: NewEvent[] = [];
  for (const event of events) {
    if (event.type !== "message" || event.data.attachments === undefined) {
      copies.push(event);
      continue;
    }
    const attachments: Attachment[] = [];
    for (const file of event.data.attachments) attachments.push(await copyFile(tx, file, chat));
    copies.push({ ...event, data: { ...event.data, attachments } });
  }
  return copies;
}
