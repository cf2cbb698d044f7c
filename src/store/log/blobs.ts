import { createHash } from "node:crypto";
import { notFound } from "../../core/errors.ts";
import { wellFormedJson } from "../../core/text.ts";
import { may } from "../people/access.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";

/** What was too big for an event, whole. */
export interface Blob {
  readonly id: string;
  /** Of the data, in hex. */
  readonly sha256: string;
  /** JSON in UTF-8. */
  readonly data: Uint8Array;
}

/** Over this, in bytes, a result or an argument is kept whole in a blob, with a preview inline. */
export const MAX_INLINE = 32_768;
export const MAX_BLOB = 16 * 1024 * 1024;
/** Characters. */
export const PREVIEW = 2048;

export interface NewBlob {
  readonly id: string;
  readonly json: string;
}

export async function writeBlob(tx: Tx, chatId: string, { id, json }: NewBlob): Promise<void> {
  const data = Buffer.from(json);
  const sha256 = createHash("sha256").update(data).digest("hex");
  const row = { id, chat_id: chatId, sha256, size: data.length, data, created_at: tx.now };
  await tx.db.insertInto("blobs").values(row).execute();
}

/** A blob of a chat that the viewer may see. */
export async function readBlob(store: Store, viewer: User, id: string): Promise<Blob> {
  const row = await store.db
    .selectFrom("blobs")
    .innerJoin("chats", "chats.id", "blobs.chat_id")
    .select(["blobs.id", "blobs.sha256", "blobs.data"])
    .where("blobs.id", "=", id)
    .where(may(viewer, "see", "chats"))
    .executeTakeFirst();
  if (row === undefined) throw notFound(`blob ${JSON.stringify(id)}`);
  return row;
}

/** The same as text, for work in that chat alone: a run reads back what its own chat's log holds, and nothing else. */
export async function readBlobText(db: Db, chatId: string, id: string): Promise<string> {
  const row = await db
    .selectFrom("blobs")
    .select("data")
    .where("id", "=", id)
    .where("chat_id", "=", chatId)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`a result with the id ${JSON.stringify(id)}`);
  return wellFormedJson(new TextDecoder().decode(row.data));
}
