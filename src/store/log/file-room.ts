import { sql } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import { MAX_FILE_BYTES, sizeInWords } from "../../core/files.ts";
import type { Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";

/** How much of the home the files of one person may take: what comes in counts from its first byte on, on whichever node. */

/** So many may come in or wait for a message at a time. */
const MOST_WAITING = 40;
const MOST_BYTES = 5 * 1024 * 1024 * 1024;
/** A crash has cut off what nothing has come of for so long. */
const SILENT_MS = 10 * 60 * 1000;

/** Throws `conflict` or `too_large` where there is none for one more. */
export async function takeRoom(tx: Tx, viewer: User, contentId: string): Promise<void> {
  await checkRoom(tx, viewer);
  const draft = { content_id: contentId, owner_id: viewer.id, at: tx.now };
  await tx.db.insertInto("file_drafts").values(draft).execute();
}

/** More of it has come. */
export async function keepRoom(tx: Tx, contentId: string): Promise<void> {
  await tx.db.updateTable("file_drafts").set({ at: tx.now }).where("content_id", "=", contentId).execute();
}

/** It comes no more, or is there: as a file it counts by itself. */
export async function giveRoom(tx: Tx, contentId: string): Promise<void> {
  await tx.db.deleteFrom("file_drafts").where("content_id", "=", contentId).execute();
}

/** As `takeRoom`; who else comes for room of this person's waits for the end of the transaction. */
export async function checkRoom(tx: Tx, viewer: User): Promise<void> {
  await lock(tx, viewer);
  const coming = await count(
    tx.db
      .selectFrom("file_drafts")
      .where("owner_id", "=", viewer.id)
      .where("at", ">", tx.now - SILENT_MS)
      .select((eb) => eb.fn.countAll<number>().as("n")),
  );
  const waiting = await count(
    tx.db
      .selectFrom("files")
      .where("owner_id", "=", viewer.id)
      .where("chat_id", "is", null)
      .select((eb) => eb.fn.countAll<number>().as("n")),
  );
  if (coming + waiting >= MOST_WAITING) {
    throw new SparkyError("conflict", `${MOST_WAITING} files of yours wait for a message already, or come in now`, {
      hint: "send or delete some: DELETE /api/files/ID; those that are not sent go after a day",
    });
  }
  const kept = await keptBytes(tx, viewer);
  if (kept + (coming + 1) * MAX_FILE_BYTES > MOST_BYTES) throw tooMuch(`your files take ${sizeInWords(kept)}`);
}

/** For a chat that has files of another one now, in the transaction that made it so: they are this person's, too. */
export async function checkCopies(tx: Tx, viewer: User, chatId: string): Promise<void> {
  const copied = await tx.db.selectFrom("files").select("id").where("chat_id", "=", chatId).executeTakeFirst();
  if (copied === undefined) return;
  await lock(tx, viewer);
  const kept = await keptBytes(tx, viewer);
  if (kept > MOST_BYTES) throw tooMuch(`with those of this chat your files would take ${sizeInWords(kept)}`);
}

/** Of chats that were made from one another each file counts once, as it is kept once; what was read in it is kept beside it. */
async function keptBytes(tx: Tx, { id }: User): Promise<number> {
  const contents = tx.db
    .selectFrom("files")
    .where("owner_id", "=", id)
    .select(sql<number>`max(CASE WHEN text_id <> content_id THEN size + text_size ELSE size END)`.as("size"))
    .groupBy("content_id");
  return count(tx.db.selectFrom(contents.as("contents")).select((eb) => eb.fn.sum<number>("contents.size").as("n")));
}

function tooMuch(what: string): SparkyError {
  return new SparkyError("too_large", `${what}, of at most ${sizeInWords(MOST_BYTES)}`, {
    hint: "delete chats whose files you no longer need: the files go with them",
  });
}

async function lock(tx: Tx, viewer: User): Promise<void> {
  if (tx.kind !== "postgres") return;
  await tx.db.selectFrom("user").select("id").where("id", "=", viewer.id).forNoKeyUpdate().execute();
}

async function count(query: {
  executeTakeFirst(): Promise<{ readonly n: number | null } | undefined>;
}): Promise<number> {
  return Number((await query.executeTakeFirst())?.n ?? 0);
}
