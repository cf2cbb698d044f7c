import { SparkyError, notFound } from "../../core/errors.ts";
import type { Attachment } from "../../core/events.ts";
import { newId } from "../../core/ids.ts";
import { breathe } from "../database/breathe.ts";
import type { FileRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** Files that people send along with what they write: whole from the moment that they are there, and never changed. */

/** How long a file waits for the message that it is meant for. */
const LOOSE_MS = 24 * 60 * 60 * 1000;
/** So many of one person may wait at a time: 1 GB at most. */
const MOST_LOOSE = 40;

export type NewFile = Pick<FileRow, "name" | "mime" | "size" | "sha256" | "width" | "height" | "text">;
export type StoredFile = Omit<FileRow, "text">;

const COLUMNS = [
  "files.id",
  "files.content_id",
  "files.owner_id",
  "files.chat_id",
  "files.name",
  "files.mime",
  "files.size",
  "files.sha256",
  "files.width",
  "files.height",
  "files.created_at",
] as const;

/** As a message's event names it. */
export function attachmentOf({ id, name, size, mime, width, height }: StoredFile): Attachment {
  return { id, name, size, mime, ...(width !== null && height !== null && { width, height }) };
}

/** Throws where this person has too many files already that wait for a message. */
export async function checkLoose(db: Db, viewer: User): Promise<void> {
  const { n } = await db
    .selectFrom("files")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("owner_id", "=", viewer.id)
    .where("chat_id", "is", null)
    .executeTakeFirstOrThrow();
  if (Number(n) < MOST_LOOSE) return;
  throw new SparkyError("conflict", `${MOST_LOOSE} files of yours wait for a message already`, {
    hint: "send or delete some: DELETE /api/files/ID; those that are not sent go after a day",
  });
}

/** Where the parts of a file go while it comes in. Nobody sees them before `keep`; what was not kept is dropped. */
export function fileDraft(store: Store) {
  const contentId = newId(store.random);
  let n = 0;
  return {
    async write(data: Uint8Array): Promise<void> {
      const part = n++;
      await store.transact((tx) =>
        tx.db.insertInto("file_parts").values({ content_id: contentId, n: part, data, created_at: tx.now }).execute(),
      );
    },
    /** What was written, for who must read it again as a whole. */
    read: () => partsOf(store.db, contentId),
    async keep(viewer: User, file: NewFile): Promise<Attachment> {
      return store.transact(async (tx) => {
        await checkLoose(tx.db, viewer);
        const { id, now } = { id: tx.newId(), now: tx.now };
        const row = { ...file, id, content_id: contentId, owner_id: viewer.id, chat_id: null, created_at: now };
        await tx.db.insertInto("files").values(row).execute();
        return attachmentOf(row);
      });
    },
    drop: () => store.transact((tx) => dropContents(tx, [contentId])),
  };
}

export async function* partsOf(db: Db, contentId: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (let n = 0; ; n++) {
    const part = await db
      .selectFrom("file_parts")
      .select("data")
      .where("content_id", "=", contentId)
      .where("n", "=", n)
      .executeTakeFirst();
    if (part === undefined) return;
    yield part.data;
  }
}

export async function bytesOf(db: Db, { content_id, size }: Pick<FileRow, "content_id" | "size">): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const part of partsOf(db, content_id)) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** A file of a chat that the viewer may see, or one of their own that no chat has. */
export async function readableFile(store: Store, viewer: User, id: string): Promise<StoredFile> {
  const row = await store.db
    .selectFrom("files")
    .leftJoin("chats", "chats.id", "files.chat_id")
    .select([...COLUMNS])
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

/** Files whose text is read, by the kind of their bytes. */
export const TEXTS: ReadonlySet<string> = new Set(["text/plain"]);

/** What is written in a file, or its beginning: at least so many bytes of it, where there are more. */
export async function readableText(
  db: Db,
  file: FileRow,
  atLeast = Infinity,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  if (file.text !== null) return { text: file.text, isWhole: true };
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const part of partsOf(db, file.content_id)) {
    bytes += part.byteLength;
    const isWhole = bytes >= file.size;
    text += decoder.decode(part, { stream: !isWhole });
    if (isWhole || bytes >= atLeast) return { text, isWhole };
  }
  return { text, isWhole: true };
}

/** The whole text of a file of this chat as JSON, for work in that chat alone; null: there is none with this id. */
export async function readFileJson(db: Db, chatId: string, id: string): Promise<string | null> {
  const [file] = await filesOfChat(db, chatId, [id]);
  if (file === undefined || !TEXTS.has(file.mime)) return null;
  return JSON.stringify((await readableText(db, file)).text);
}

/** Those of a chat, for work in that chat alone. */
export async function filesOfChat(db: Db, chatId: string, ids: readonly string[]): Promise<readonly FileRow[]> {
  if (ids.length === 0) return [];
  return db.selectFrom("files").selectAll().where("chat_id", "=", chatId).where("id", "in", ids).execute();
}

/**
 * Gives the viewer's files to a chat, in the transaction of what they are sent along with. `from`: a chat that the viewer may see,
 * whose files are sent once more, as where a message is edited: the new chat gets files of its own with the same bytes.
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
    .select([...COLUMNS])
    .where("id", "in", ids)
    .$if(tx.kind === "postgres", (query) => query.forUpdate())
    .execute();
  const attached: Attachment[] = [];
  for (const id of ids) {
    const row = rows.find((each) => each.id === id);
    if (row !== undefined && row.chat_id !== null && row.chat_id === from) {
      attached.push(await copyFile(tx, row, chatId));
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
  return attached;
}

/** The same file for another chat; their bytes are one. */
export async function copyFile(tx: Tx, { id }: Pick<FileRow, "id">, chatId: string): Promise<Attachment> {
  const row = await tx.db.selectFrom("files").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const copy = { ...row, id: tx.newId(), chat_id: chatId, created_at: tx.now };
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
    .returning("content_id")
    .execute();
  await dropContents(
    tx,
    gone.map(({ content_id }) => content_id),
  );
  return gone.length;
}

async function dropContents(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .deleteFrom("file_parts")
    .where("content_id", "in", ids)
    .where((eb) => {
      const used = eb.selectFrom("files").select("files.id").whereRef("files.content_id", "=", "file_parts.content_id");
      return eb.not(eb.exists(used));
    })
    .execute();
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
  const left = await store.db
    .selectFrom("file_parts")
    .leftJoin("files", "files.content_id", "file_parts.content_id")
    .select("file_parts.content_id")
    .distinct()
    .where("files.id", "is", null)
    .where("file_parts.created_at", "<", before)
    .execute();
  for (const { content_id } of left) {
    if (isStopped()) return;
    await store.transact((tx) => dropContents(tx, [content_id]));
    await breathe();
  }
}
