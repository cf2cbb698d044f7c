import { open, type FileHandle } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isSparkyError } from "../../core/errors.ts";
import { checkFileName, fileWords, MAX_ATTACHMENTS, MAX_FILE_BYTES } from "../../core/files.ts";
import { checkNamedFile } from "../../named-file.ts";
import type { SentFile } from "../../wire/files.ts";
import type { Client } from "../client/client.ts";
import { repeated, type OptionSpec } from "./command.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";
import type { Output } from "../console/output.ts";
import { oneLine } from "../console/text.ts";

/** Files of this machine that go along with a message or a task. */

export const FILE: OptionSpec = [
  "--file <path>",
  `send this file along; may be repeated, at most ${MAX_ATTACHMENTS} times`,
  repeated,
];

/**
 * Sends them, all or none, and gives their ids. What can be seen to be wrong is told before anything is sent; of what the agent cannot
 * read, or not to its end, people are told when it has been sent.
 */
export async function uploadFiles(
  client: Client,
  out: Pick<Output, "note">,
  paths: readonly string[] = [],
): Promise<readonly string[]> {
  if (paths.length > MAX_ATTACHMENTS) {
    throw usage(
      `${paths.length} files are too many: at most ${MAX_ATTACHMENTS} go along`,
      "send the rest with another message",
    );
  }
  for (const path of paths) await (await opened(path)).close();
  const ids: string[] = [];
  try {
    for (const path of paths) {
      const sent = await uploadFile(client, path);
      ids.push(sent.id);
      if (sent.unread !== undefined || sent.readPages !== undefined) out.note(oneLine(fileWords(sent)));
    }
    return ids;
  } catch (error) {
    // What was sent already waits for no message. If it cannot be taken back now it goes after a day.
    for (const id of ids) await client.request("DELETE", `/api/files/${id}`).catch(() => {});
    throw error;
  }
}

async function uploadFile(client: Client, path: string): Promise<SentFile> {
  await using file = await opened(path);
  const { size } = await file.stat();
  const name = basename(resolve(path));
  const boundary = `sparky-${crypto.randomUUID()}`;
  const quoted = name.replaceAll('"', "%22");
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n",
  );
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  return await client.upload<SentFile>("/api/files", {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.byteLength + size + end.byteLength,
    chunks: chunksOf(file, size, head, end),
  });
}

async function opened(path: string): Promise<FileHandle> {
  try {
    checkFileName(basename(resolve(path)));
    checkNamedFile(path);
    const file = await open(path, "r");
    const { size } = await file.stat();
    if (size <= MAX_FILE_BYTES && size > 0) return file;
    await file.close();
    const what = size === 0 ? "is empty" : `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`;
    throw new Failure(EXIT.usage, size === 0 ? "invalid_input" : "too_large", `${path} ${what}`, "name another file");
  } catch (error) {
    if (isSparkyError(error) || error instanceof Failure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : `cannot be read: ${message.replace(/,? (open|stat) '.*$/, "")}`;
    throw usage(`${path} ${why}`, "name a file that is there, and that you may read");
  }
}

/** No more than it held at first, however it grows meanwhile. */
async function* chunksOf(file: FileHandle, size: number, head: Buffer, end: Buffer): AsyncGenerator<Uint8Array> {
  yield head;
  yield* file.createReadStream({ start: 0, end: size - 1, autoClose: false }) as AsyncIterable<Uint8Array>;
  yield end;
}
