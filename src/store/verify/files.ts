import { createHash } from "node:crypto";
import type { Db } from "../database/sql.ts";
import { partsOf } from "../log/file-parts.ts";
import type { Checked, Report } from "./finding.ts";
import type { LogCheck } from "./log.ts";

/** Files that were sent with messages: that the chat has each that its log names, and that their bytes are as they came. */

interface Source {
  readonly db: Db;
  breathe(): Promise<void>;
}

export async function namedFiles(db: Db, chatId: string, log: LogCheck, report: Report): Promise<void> {
  const named = log.files;
  if (named.length === 0) return;
  log.files = [];
  const ids = named.map((file) => file.id);
  const rows = await db
    .selectFrom("files")
    .select(["id", "size"])
    .where("chat_id", "=", chatId)
    .where("id", "in", ids)
    .execute();
  const sizes = new Map(rows.map((row) => [row.id, row.size]));
  for (const { seq, id, size } of named) {
    const found = sizes.get(id);
    if (found === size) continue;
    report({
      kind: "blob",
      seq,
      what: found === undefined ? `file ${id} is missing` : `file ${id} has another size than the event says`,
      expected: `${size} bytes`,
      found: found === undefined ? "none" : `${found} bytes`,
    });
  }
}

export async function hashFiles(source: Source, chatId: string, report: Report, checked: Checked): Promise<void> {
  const { db } = source;
  const files = await db
    .selectFrom("files")
    .select(["id", "content_id", "size", "sha256", "text_id", "text_size"])
    .where("chat_id", "=", chatId)
    .orderBy("id")
    .execute();
  for (const file of files) {
    checked.blobs += 1;
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const part of partsOf(db, file.content_id)) {
      hash.update(part);
      bytes += part.byteLength;
      await source.breathe();
    }
    const found = `${bytes} bytes, ${hash.digest("hex")}`;
    const expected = `${file.size} bytes, ${file.sha256}`;
    if (found !== expected) report({ kind: "blob", seq: null, what: `file ${file.id}`, expected, found });
    if (file.text_id !== null && file.text_id !== file.content_id) await textSize(db, file.text_id, file, report);
  }
}

/** What was read in a file: whether it is there to its end. */
async function textSize(
  db: Db,
  textId: string,
  file: { readonly id: string; readonly text_size: number | null },
  report: Report,
): Promise<void> {
  let bytes = 0;
  for await (const part of partsOf(db, textId)) bytes += part.byteLength;
  if (bytes === file.text_size) return;
  const expected = `${file.text_size} bytes`;
  report({ kind: "blob", seq: null, what: `the text of file ${file.id}`, expected, found: `${bytes} bytes` });
}
