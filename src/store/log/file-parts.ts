import { newId } from "../../core/ids.ts";
import type { FileRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { keepRoom } from "./file-room.ts";

/** What files hold, in parts, so that nobody must have a big one in memory. Nobody sees parts that no file names. */

/** Of each part but the last: where a byte is, is known by its place. */
export const PART_BYTES = 1024 * 1024;

/** Writes one after the other, each but the last of `PART_BYTES`. */
export function newParts(store: Store) {
  const id = newId(store.random);
  let n = 0;
  return {
    id,
    async write(data: Uint8Array): Promise<void> {
      const part = n++;
      await store.transact(async (tx) => {
        await tx.db.insertInto("file_parts").values({ content_id: id, n: part, data, created_at: tx.now }).execute();
        await keepRoom(tx, id);
      });
    },
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

/** Those from one place to another, of which no more is read than the parts that they are in. */
export async function bytesBetween(db: Db, contentId: string, from: number, to: number): Promise<Uint8Array> {
  const first = Math.floor(from / PART_BYTES);
  const parts = await db
    .selectFrom("file_parts")
    .select("data")
    .where("content_id", "=", contentId)
    .where("n", ">=", first)
    .where("n", "<=", Math.floor(Math.max(to - 1, 0) / PART_BYTES))
    .orderBy("n")
    .execute();
  const start = first * PART_BYTES;
  return Buffer.concat(parts.map(({ data }) => data)).subarray(from - start, Math.max(to, from) - start);
}

/** Drops those that no file holds any more. */
export async function dropContents(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .deleteFrom("file_parts")
    .where("content_id", "in", ids)
    .where((eb) => {
      const used = eb
        .selectFrom("files")
        .select("files.id")
        .where((each) =>
          each.or([
            each("files.content_id", "=", each.ref("file_parts.content_id")),
            each("files.text_id", "=", each.ref("file_parts.content_id")),
          ]),
        );
      return eb.not(eb.exists(used));
    })
    .execute();
}
