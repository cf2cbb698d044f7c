import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { defineTool } from "../tool.ts";
import { characterEnd, characterStart, MAX_CHARACTER_BYTES } from "../utf8.ts";
import { checkOrdinary, fileError, nameInside, openInside, resolveInside } from "./workspace.ts";

const MAX_READ_BYTES = 262_144;
/** Small enough that the result of an ordinary read is kept whole in its event. */
const USUAL_READ_BYTES = 24_576;
export const fileRead = defineTool({
  name: "file_read",
  description:
    "Reads a text file of the workspace. A long file comes in parts: `next` is the offset of the following part, " +
    "null at the end.",
  effect: "read",
  idempotent: true,
  timeoutMs: 10_000,
  args: z.strictObject({
    path: z.string().min(1).max(1000).describe("file, relative to the workspace"),
    offset: z.number().int().min(0).default(0).describe("bytes from the beginning"),
    limit: z.number().int().min(MAX_CHARACTER_BYTES).max(MAX_READ_BYTES).default(USUAL_READ_BYTES).describe("bytes"),
  }),
  summary: ({ path, offset }) => (offset === 0 ? path : `${path} from ${offset}`),
  execute: async ({ path, offset, limit }, context) => {
    try {
      const real = await resolveInside(context.workspace, path);
      if ((await nameInside(context.workspace, real)) === ".") {
        throw new Error(`"${path}" is a folder: file_list shows what is in it`);
      }
      await using folder = await openInside(context.workspace, dirname(real), path, "find");
      const { size, bytes } = await readPart(join(folder.at, basename(real)), path, offset, limit);
      const start = offset === 0 ? 0 : characterStart(bytes);
      const end = offset + bytes.length < size ? characterEnd(bytes) : bytes.length;
      const text = decode(bytes.subarray(start, end), path, size);
      const next = offset + end < size ? offset + end : null;
      return { path: await nameInside(context.workspace, real), size, offset: offset + start, text, next };
    } catch (error) {
      throw fileError(path, error);
    }
  },
});

async function readPart(real: string, path: string, offset: number, limit: number) {
  // Not blocking: a named pipe must not hang the call. Not following: the path was resolved already.
  await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const found = await file.stat();
  if (found.isDirectory()) throw new Error(`"${path}" is a folder: file_list shows what is in it`);
  checkOrdinary(found, path);
  if (offset > found.size) throw new Error(`"${path}" has ${found.size} bytes: offset ${offset} lies behind its end`);
  const buffer = new Uint8Array(Math.min(limit, found.size - offset));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { size: found.size, bytes: buffer.subarray(0, filled) };
}

function decode(bytes: Uint8Array, path: string, size: number): string {
  const binary = new Error(`"${path}" is not text in UTF-8 but a binary file of ${size} bytes: it cannot be shown`);
  if (bytes.includes(0)) throw binary;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw binary;
  }
}
