import { SparkyError, notFound } from "../../core/errors.ts";
import type { Attachment } from "../../core/events.ts";
import { TEXT } from "../../core/files.ts";
import { breathe } from "../database/breathe.ts";
import type { FileRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { bytesBetween, bytesOf, dropContents, newParts, PART_BYTES } from "./file-parts.ts";
import { checkCopies, checkRoom, giveRoom, takeRoom } from "./file-room.ts";

/** Files that people send along with what they write: whole from the moment that they are there, and never changed. */

/** How long a file waits for the message that it is meant for. */
const LOOSE_MS = 24 * 60 * 60 * 1000;

export type NewFile = Pick<
  FileRow,
  "name" | "mime" | "size" | "sha256" | "width" | "height" | "pages" | "read_pages" | "unread"
>;

/** As a message's event names it. */
export function attachmentOf({ id, name, size, mime, width, height, ...pdf }: FileRow): Attachment {
  const { pages, read_pages: readPages, unread } = pdf;
  return {
    ...{ id, name, size, mime },
    ...(width !== null && height !== null && { width, height }),
    ...(pages !== null && { pages }),
    ...(readPages !== null && readPages !== pages && { readPages }),
    ...(unread !== null && { unread }),
  };
}

/**
 * Where a file goes while it comes in. Nobody sees it before `keep`; what was not kept is dropped. Throws where this person has no
 * room for one more.
 */
export async function fileDraft(store: Store, viewer: User) {
  const own = newParts(store);
  const read = newParts(store);
  await store.transact((tx) => takeRoom(tx, viewer, own.id));
  let readBytes: number | null = null;
  return {
    write: (data: Uint8Array) => own.write(data),
    /** What was written, for who must read it again as a whole. */
    read: (size: number) => bytesOf(store.db, { content_id: own.id, size }),
    /** What is written in a file whose bytes are no text. */
    async writeText(text: string): Promise<void> {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += PART_BYTES) await read.write(bytes.subarray(at, at + PART_BYTES));
      readBytes = bytes.length;
    },
    async keep(file: NewFile): Promise<Attachment> {
      return store.transact(async (tx) => {
        await giveRoom(tx, own.id);
        await checkRoom(tx, viewer);
        const { id, now } = { id: tx.newId(), now: tx.now };
        const text = readBytes === null ? null : { text_id: read.id, text_size: readBytes };
        const row = {
          ...{ ...file, id, content_id: own.id, owner_id: viewer.id, chat_id: null, created_at: now },
          ...(text ?? (file.mime === TEXT ? { text_id: own.id, text_size: file.size } : NO_TEXT)),
        };
        await tx.db.insertInto("files").values(row).execute();
        return attachmentOf(row);
      });
    },
    drop: () =>
      store.transact(async (tx) => {
        await giveRoom(tx, own.id);
        await dropContents(tx, [own.id, read.id]);
      }),
  };
}

const NO_TEXT = { text_id: null, text_size: null };

/** A file of a chat that the viewer may see, or one of their own that no chat has. */
export async function readableFile(store: Store, viewer: User, id: string): Promise<FileRow> {
  const row = await store.db
    .selectFrom("files")
    .leftJoin("chats", "chats.id", "files.chat_id")
    .selectAll("files")
    .where("files.id", "=", id)
    .where((eb) =>
      eb.or([
        eb.and([eb("files.chat_id", "is", null), eb("files.owner_id", "=", viewer.id)]),
        eb.and([eb("files.chat_id", "is not", null), may(viewer, "see", "chats")]),
      ]),
    )
    .executeTakeFirst();
  if (row === undefined) throw notFound(`file ${JSON.stringify(id)}`);
  return row;
}

/** One of this chat that has a text, for work in that chat alone; null: there is none with this id. */
export async function textFile(db: Db, chatId: string, id: string): Promise<FileText | null> {
  const [file] = await filesOfChat(db, chatId, [id]);
  return file === undefined ? null : textOf(db, file);
}

/** What is written in a file, in UTF-8, read as far as it is asked for. */
export interface FileText {
  /** Bytes. */
  readonly size: number;
  readonly read: (from: number, to: number) => Promise<Uint8Array>;
}

export function textOf(db: Db, { text_id: id, text_size: size }: FileRow): FileText | null {
  if (id === null || size === null) return null;
  return { size, read: (from, to) => bytesBetween(db, id, from, to) };
}

/** Those of a chat, for work in that chat alone. */
export async function filesOfChat(db: Db, chatId: string, ids: readonly string[]): Promise<readonly FileRow[]> {
  if (ids.length === 0) return [];
  return db.selectFrom("files").selectAll().where("chat_id", "=", chatId).where("id", "in", ids).execute();
}

/**
 * Gives the viewer's files to a chat, in the transaction of what they are sent along with. `from`: a chat that the viewer may see,
 * whose files are sent once more, as where a message is edited or asked again: what is sent gets files of its own with the same bytes.
 */
export async function attachFiles(
  tx: Tx,
  viewer: User,
  chatId: string,
  ids: readonly string[],
  from: string | null = null,
): Promise<readonly Attachment[]> {
  if (ids.length === 0) return [];
  const rows = await tx.db
    .selectFrom("files")
    .selectAll()
    .where("id", "in", ids)
    .$if(tx.kind === "postgres", (query) => query.forUpdate())
    .execute();
  const attached: Attachment[] = [];
  let copies = 0;
  for (const id of ids) {
    const row = rows.find((each) => each.id === id);
    if (row !== undefined && row.chat_id !== null && row.chat_id === from) {
      attached.push(await copyFile(tx, row, { id: chatId, owner_id: viewer.id }));
      copies += 1;
    } else if (row === undefined || row.owner_id !== viewer.id) {
      throw notFound(
        `file ${JSON.stringify(id)}`,
        "send it again: files that go with no message are deleted after a day",
      );
    } else if (row.chat_id !== null) {
      throw new SparkyError("conflict", `${JSON.stringify(row.name)} has been sent with another message already`, {
        hint: "upload it again: each upload goes with one message",
      });
    } else {
      await tx.db.updateTable("files").set({ chat_id: chatId }).where("id", "=", id).execute();
      attached.push(attachmentOf(row));
    }
  }
  if (copies > 0) await checkCopies(tx, viewer, chatId);
  return attached;
}

/** The same file for another chat, whose owner keeps it from now on; their bytes are one. */
export async function copyFile(
  tx: Tx,
  { id }: Pick<FileRow, "id">,
  chat: { readonly id: string; readonly owner_id: string },
): Promise<Attachment> {
  const row = await tx.db.selectFrom("files").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const copy = { ...row, id: tx.newId(), chat_id: chat.id, owner_id: chat.owner_id, created_at: tx.now };
  await tx.db.insertInto("files").values(copy).execute();
  return attachmentOf(copy);
}

/** One that no message has. Throws `conflict` for one that belongs to a chat: it goes with that. */
export async function deleteLooseFile(store: Store, viewer: User, id: string): Promise<void> {
  const { chat_id } = await readableFile(store, viewer, id);
  const gone = chat_id === null && (await store.transact((tx) => dropFiles(tx, [id], true))) > 0;
  if (gone) return;
  throw new SparkyError("conflict", "this file belongs to a chat", { hint: "it is deleted together with the chat" });
}

/** At most `rows` of a chat's files, with the bytes that no other chat has; says how many those were. */
export async function dropFilesOfChat(tx: Tx, chatId: string, rows: number): Promise<number> {
  const found = await tx.db.selectFrom("files").select("id").where("chat_id", "=", chatId).limit(rows).execute();
  return dropFiles(
    tx,
    found.map(({ id }) => id),
    false,
  );
}

async function dropFiles(tx: Tx, ids: readonly string[], loose: boolean): Promise<number> {
  if (ids.length === 0) return 0;
  const gone = await tx.db
    .deleteFrom("files")
    .where("id", "in", ids)
    .$if(loose, (query) => query.where("chat_id", "is", null))
    .returning(["content_id", "text_id"])
    .execute();
  await dropContents(
    tx,
    gone.flatMap(({ content_id, text_id }) => (text_id === null ? [content_id] : [content_id, text_id])),
  );
  return gone.length;
}

/** Deletes what no message has had for a day, and what is left of uploads that a crash has cut off, a few at a time. */
export async function sweepFiles(store: Store, isStopped: () => boolean): Promise<void> {
  const before = store.clock.now() - LOOSE_MS;
  for (;;) {
    if (isStopped()) return;
    const loose = await store.db
      .selectFrom("files")
      .select("id")
      .where("chat_id", "is", null)
      .where("created_at", "<", before)
      .limit(4)
      .execute();
    if (loose.length === 0) break;
    await store.transact((tx) =>
      dropFiles(
        tx,
        loose.map(({ id }) => id),
        true,
      ),
    );
    await breathe();
  }
  await store.transact((tx) => tx.db.deleteFrom("file_drafts").where("at", "<", before).execute());
  const left = await store.db
    .selectFrom("file_parts")
    .leftJoin("files", "files.content_id", "file_parts.content_id")
    .leftJoin("files as read", "read.text_id", "file_parts.content_id")
    .select("file_parts.content_id")
    .distinct()
    .where("files.id", "is", null)
    .where("read.id", "is", null)
    .where("file_parts.created_at", "<", before)
    .execute();
  for (const { content_id } of left) {
    if (isStopped()) return;
    await store.transact((tx) => dropContents(tx, [content_id]));
    await breathe();
  }
}
