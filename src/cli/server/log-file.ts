import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Io } from "../console/io.ts";

/** The file that a server in the background writes. When it has grown too big it is begun anew; the old one is beside it. */

/** How far a file was read: to the end of a line. */
interface Place {
  readonly inode: number;
  readonly size: number;
}

interface Lines extends Place {
  /** The oldest first. */
  readonly lines: readonly string[];
}

/** The last lines that are kept; null when there is no such file. */
export function lastLines(file: string, count: number, keep: (line: string) => boolean): Lines | null {
  const newest = read(file);
  if (newest === null) return null;
  const lines = newest.lines.filter(keep);
  const before = lines.length >= count ? [] : (read(`${file}.1`)?.lines.filter(keep) ?? []);
  return { ...newest, lines: [...before, ...lines].slice(-count) };
}

function read(file: string): Lines | null {
  const { inode, size } = placeOf(file);
  if (inode === 0) return null;
  const bytes = readFileSync(file).subarray(0, size);
  const whole = bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
  return { inode, size: whole.length, lines: whole.toString("utf8").split("\n").filter(isSaid) };
}

const isSaid = (line: string): boolean => line.trim() !== "";

const LOOK_MS = 250;
const CHUNK = 65_536;

/** The lines that are written from a place on, until the signal aborts; also after the file was begun anew. */
export async function* newLines(io: Io, file: string, from: Place, signal: AbortSignal): AsyncGenerator<string> {
  let { inode, size } = from;
  let decoder = new StringDecoder("utf8");
  let rest = "";
  while (!signal.aborted) {
    const now = placeOf(file);
    if (now.inode !== inode || now.size < size) {
      inode = now.inode;
      size = 0;
      decoder = new StringDecoder("utf8");
      rest = "";
    }
    while (size < now.size) {
      const chunk = readAt(file, size, Math.min(CHUNK, now.size - size));
      if (chunk.length === 0) break;
      size += chunk.length;
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines.filter(isSaid);
    }
    await io.sleep(LOOK_MS, signal);
  }
}

function placeOf(file: string): Place {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? { inode: 0, size: 0 } : { inode: found.ino, size: found.size };
}

function readAt(file: string, from: number, length: number): Buffer {
  const handle = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(handle, buffer, 0, length, from));
  } finally {
    closeSync(handle);
  }
}
