import { closeSync, constants, fstatSync, openSync, readSync, statfsSync, statSync, type Stats } from "node:fs";
import { SparkyError } from "./core/errors.ts";
import { fileText } from "./core/text-file.ts";

/**
 * The one way to read a file that somebody else has named: a prompt, a list of schedules, settings. What is no ordinary file,
 * or has no end, costs a message and neither memory nor time.
 */

/** A settings file or a list of schedules is never so big. */
const MAX_NAMED_BYTES = 1_048_576;

const PIECE_BYTES = 65_536;

/** Numbers of file systems whose files are made up by the system as they are read, and tell of it. Linux. */
const MADE_UP = [0x9fa0, 0x62656572, 0x64626720, 0x73636673, 0x74726163];

/** Its text, at most `most` bytes. Throws `invalid_input` with what to do, or the system's own error where it cannot be opened. */
export function readNamedFile(path: string, most: number = MAX_NAMED_BYTES): string {
  checkNamedFile(path);
  // What took its place meanwhile is not waited for.
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    refuseOdd(path, fstatSync(handle));
    if (process.platform === "linux") refuseMadeUp(path, `/proc/self/fd/${handle}`);
    // Its size is only what it was a moment ago: it may grow while it is read.
    const pieces: Buffer[] = [];
    for (let size = 0; ;) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, most + 1 - size));
      const read = readSync(handle, piece, 0, piece.length, null);
      if (read === 0) return fileText(Buffer.concat(pieces), path);
      pieces.push(piece.subarray(0, read));
      size += read;
      if (size > most) throw refusal(`${path} is larger than ${sizeWords(most)}`, "name a smaller file, or split it");
    }
  } finally {
    closeSync(handle);
  }
}

/** Throws unless it is an ordinary file: for what opens it by itself, as a database does. */
export function checkNamedFile(path: string): void {
  refuseOdd(path, statSync(path));
  if (process.platform === "linux") refuseMadeUp(path, path);
}

function refuseOdd(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? "a folder"
    : stats.isFIFO()
      ? "a pipe"
      : stats.isSocket()
        ? "a socket"
        : "a device";
  throw refusal(`${path} is ${what}, not a file`, "name an ordinary file");
}

function refuseMadeUp(path: string, where: string): void {
  if (MADE_UP.includes(statfsSync(where).type)) {
    throw refusal(`${path} is made up by the system, not a file`, "name an ordinary file");
  }
}

const refusal = (message: string, hint: string): SparkyError => new SparkyError("invalid_input", message, { hint });

const sizeWords = (bytes: number): string => (bytes < 1_048_576 ? `${bytes / 1024} KB` : `${bytes / 1_048_576} MB`);
