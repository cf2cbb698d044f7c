import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { checkOrdinary, codeOf } from "./workspace.ts";

/** What a file holds, and which version of it that is. */

/** A bigger file has no version, so no tool edits it. */
export const MAX_WHOLE_BYTES = 4_194_304;

/** Names what a file holds: two that differ have different ones. */
export const versionOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

/** Opens an ordinary file. Not blocking: a named pipe must not hang the call. Not following: its path was resolved before. */
export async function openOrdinary(
  target: string,
  path: string,
): Promise<{ file: FileHandle; size: number; mode: number }> {
  const file = await open(target, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw new Error(`"${path}" is a folder: file_list shows what is in it`);
    checkOrdinary(found, path);
    return { file, size: found.size, mode: found.mode & 0o777 };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The bytes from `offset`, as many as there are. */
export async function readBytes(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

export interface WholeText {
  readonly text: string;
  readonly version: string;
  readonly mode: number;
}

/** A text file that is to be changed; null: there is none. */
export async function readWhole(target: string, path: string): Promise<WholeText | null> {
  let opened;
  try {
    opened = await openOrdinary(target, path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
  await using file = opened.file;
  const { size, mode } = opened;
  if (size > MAX_WHOLE_BYTES) {
    throw new Error(`"${path}" has ${size} bytes, more than the ${MAX_WHOLE_BYTES} that can be edited: use the shell`);
  }
  const bytes = await readBytes(file, 0, size);
  return { text: decoded(bytes, path, size), version: versionOf(bytes), mode };
}

/** Throws for what is no text. */
export function decoded(bytes: Uint8Array, path: string, size: number): string {
  const binary = new Error(`"${path}" is not text in UTF-8 but a binary file of ${size} bytes: it cannot be shown`);
  if (bytes.includes(0)) throw binary;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw binary;
  }
}
