import { notFound } from "../core/errors.ts";
import { visibleChats } from "./access.ts";
import type { Db } from "./sql.ts";
import type { Store } from "./store.ts";
import type { User } from "./user.ts";

/** What was too big for an event, whole. */
export interface Blob {
  readonly id: string;
  /** Of the data, in hex. */
  readonly sha256: string;
  /** JSON in UTF-8. */
  readonly data: Uint8Array;
}

/** A blob of a chat that the viewer may see. */
export async function readBlob(store: Store, viewer: User, id: string): Promise<Blob> {
  const row = await store.db
    .selectFrom("blobs")
    .innerJoin("chats", "chats.id", "blobs.chat_id")
    .select(["blobs.id", "blobs.sha256", "blobs.data"])
    .where("blobs.id", "=", id)
    .where((eb) => visibleChats(viewer)(eb as never))
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
  return new TextDecoder().decode(row.data);
}
