import { z } from "zod";
import type { Masking } from "../../core/known-secrets.ts";
import { defineTool, type Tool } from "../tool.ts";
import { characterEnd, characterStart, MAX_CHARACTER_BYTES } from "../utf8.ts";
import { decoded, MAX_WHOLE_BYTES, openOrdinary, readBytes, versionOf } from "./content.ts";
import { isBase, openParent, placeOf, type Root } from "./places.ts";
import { fileError } from "./workspace.ts";

const MAX_READ_BYTES = 262_144;
/** Small enough that the result of an ordinary read is kept whole in its event. */
const USUAL_READ_BYTES = 24_576;
/** Lines are looked for in so much of a big file. */
const MAX_SCAN_BYTES = 268_435_456;
const NEW_LINE = 0x0a;

export const fileRead = (roots: readonly Root[]): Tool<unknown> =>
  defineTool({
    name: "file_read",
    description:
      "Reads a text file of the workspace, whole or from a line to a line. A long one comes in parts: `next` is the offset " +
      "of the following part, null at the end. `version` names what the file holds: file_edit asks for it.",
    effect: "read",
    idempotent: true,
    timeoutMs: 10_000,
    args: z
      .strictObject({
        path: z.string().min(1).max(1000).describe("file, relative to the workspace"),
        fromLine: z.number().int().min(1).optional().describe("first line, from 1"),
        toLine: z.number().int().min(1).optional().describe("last line"),
        offset: z.number().int().min(0).default(0).describe("bytes from the beginning, instead of lines"),
        limit: z
          .number()
          .int()
          .min(MAX_CHARACTER_BYTES)
          .max(MAX_READ_BYTES)
          .default(USUAL_READ_BYTES)
          .describe("bytes"),
      })
      .refine(({ fromLine, toLine, offset }) => offset === 0 || (fromLine ?? toLine) === undefined, {
        error: "give lines or an offset, not both",
      })
      .refine(({ fromLine = 1, toLine = fromLine }) => fromLine <= toLine, {
        error: "toLine must not be before fromLine",
      }),
    summary: ({ path, offset, fromLine, toLine }) => {
      if (fromLine !== undefined || toLine !== undefined)
        return `${path}, lines ${fromLine ?? 1} to ${toLine ?? "the end"}`;
      return offset === 0 ? path : `${path} from ${offset}`;
    },
    execute: async ({ path, offset, limit, fromLine, toLine }, context) => {
      try {
        const place = await placeOf(roots, context, path, "read");
        if (isBase(place)) throw new Error(`"${path}" is a folder: file_list shows what is in it`);
        await using parent = await openParent(place, "find");
        const opened = await openOrdinary(parent.target, path);
        await using file = opened.file;
        const { size } = opened;
        if (offset > size) throw new Error(`"${path}" has ${size} bytes: offset ${offset} lies behind its end`);
        const whole = size <= MAX_WHOLE_BYTES ? await readBytes(file, 0, size) : null;
        const read = (at: number, length: number): Promise<Uint8Array> | Uint8Array =>
          whole === null ? readBytes(file, at, Math.min(length, size - at)) : whole.subarray(at, at + length);
        const lined = fromLine !== undefined || toLine !== undefined;
        const range = lined
          ? await linesIn(read, size, path, fromLine ?? 1, toLine ?? Infinity, context.signal)
          : { start: offset, end: size };
        const bytes = await read(range.start, Math.min(limit, range.end - range.start));
        const start = range.start === 0 ? 0 : characterStart(bytes);
        const more = range.start + bytes.length < range.end;
        const end = more ? cutAt(bytes, lined) : bytes.length;
        const next = range.start + end < size ? range.start + end : null;
        return {
          path: place.name,
          size,
          ...(whole !== null && { version: versionOf(whole), lines: linesOf(whole) }),
          ...(lined && {
            fromLine: fromLine ?? 1,
            toLine: (fromLine ?? 1) + Math.max(linesOf(bytes.subarray(0, end)), 1) - 1,
          }),
          offset: range.start + start,
          text: await masked(decoded(bytes.subarray(start, end), path, size), {
            ...{ masking: context.masking, read, size },
            ...{ from: range.start + start, to: range.start + end },
          }),
          next: more || !lined ? next : null,
        };
      } catch (error) {
        throw fileError(path, error);
      }
    },
  });

interface Cut {
  readonly masking: Masking;
  readonly read: Read;
  readonly size: number;
  /** Where the text stands in the file. */
  readonly from: number;
  readonly to: number;
}

/** The most bytes of one unit of a text. */
const UNIT_BYTES = 3;

/** Masked as the whole file would be: a secret that is cut by the text's ends is found by what stands around it. */
async function masked(text: string, { masking, read, size, from, to }: Cut): Promise<string> {
  const margin = masking.reach * UNIT_BYTES;
  if (margin === 0) return text;
  const start = Math.max(0, from - margin);
  const around = new TextDecoder("utf-8", { ignoreBOM: true });
  const before = around.decode(await read(start, from - start));
  const after = around.decode(await read(to, Math.min(margin, size - to)));
  return masking.between(before + text + after, before.length, before.length + text.length);
}

/** Of lines as many whole ones as fit; of anything else as many whole characters. */
function cutAt(bytes: Uint8Array, lined: boolean): number {
  const line = lined ? bytes.lastIndexOf(NEW_LINE) + 1 : 0;
  return line > 0 ? line : characterEnd(bytes);
}

/** A last line without a line break is one too. */
function linesOf(bytes: Uint8Array): number {
  let lines = bytes.length > 0 && bytes.at(-1) !== NEW_LINE ? 1 : 0;
  for (let at = bytes.indexOf(NEW_LINE); at !== -1; at = bytes.indexOf(NEW_LINE, at + 1)) lines++;
  return lines;
}

type Read = (at: number, length: number) => ReturnType<typeof readBytes> | Uint8Array;

async function linesIn(read: Read, size: number, path: string, from: number, to: number, signal: AbortSignal) {
  let line = 1;
  let start = from === 1 ? 0 : null;
  for (let at = 0; at < size;) {
    if (at > MAX_SCAN_BYTES) throw new Error(`"${path}" is too long to look for line ${from}: read it by offset`);
    signal.throwIfAborted();
    const bytes = await read(at, MAX_WHOLE_BYTES);
    if (bytes.length === 0) break;
    for (let found = bytes.indexOf(NEW_LINE); found !== -1; found = bytes.indexOf(NEW_LINE, found + 1)) {
      line++;
      if (line === from) start = at + found + 1;
      if (line > to) return { start: start ?? 0, end: at + found + 1 };
    }
    at += bytes.length;
  }
  if (start === null || (start >= size && from > 1))
    throw new Error(`"${path}" has no line ${from}: it has ${start === null ? line : line - 1}`);
  return { start, end: size };
}
