import { fstatSync, writeSync } from "node:fs";
import { Failure } from "./failure.ts";
import { EXIT, type Sink } from "./io.ts";

/** The process's own streams. What cannot be written to stdout ends a command with 1, in words; of stderr nobody can be told. */

const USUAL_COLUMNS = 80;

/**
 * Files are written here, to the last byte or the error: Node's own stream for them neither goes on after a part nor has
 * said what went wrong by the time that the process ends.
 */
export function outputSink(stream: NodeJS.WriteStream & { readonly fd?: number }): Sink {
  const fd = stream.fd ?? -1;
  const isFile = stream.isTTY !== true && isFileLike(fd);
  return {
    write: (text) => void (isFile ? writeWhole(fd, text) : stream.write(text)),
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that does not know its size says 0.
      return (stream.columns ?? Number.POSITIVE_INFINITY) || USUAL_COLUMNS;
    },
  };
}

/** The same for stderr. */
export function errorSink(stream: NodeJS.WriteStream & { readonly fd?: number }): Sink {
  const sink = outputSink(stream);
  return {
    write(text) {
      try {
        sink.write(text);
      } catch {
        // There is no place left to say it.
      }
    },
    isTerminal: sink.isTerminal,
    get columns() {
      return sink.columns;
    },
  };
}

function isFileLike(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() || stat.isCharacterDevice() || stat.isBlockDevice();
  } catch {
    return false;
  }
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
  } catch (error) {
    throw unwritten(error);
  }
}

export function unwritten(error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === "ENOSPC" ? "the disk is full" : message;
  return new Failure(
    EXIT.error,
    "unavailable",
    `the output cannot be written: ${why}`,
    "make room, or write it elsewhere",
  );
}
