import { copyFileSync, statSync, truncateSync } from "node:fs";
import pino from "pino";
import { isSparkyError } from "./core/errors.ts";
import type { Log } from "./core/log.ts";
import { spelledOut } from "./core/exact.ts";

/** Structured logs on stderr, one JSON object a line, that act on no terminal. Whatever may hold a secret is not written. */
export function openLog(level: string, masked: (line: string) => string): Log {
  // Nobody reads it any more when the terminal was closed: no reason to end.
  const destination = pino.destination({ dest: 2, sync: true }).on("error", () => {});
  return pino(
    {
      level,
      base: null,
      serializers: { err: failureOf },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ["token", "key", "secret", "password", "authorization", "cookie", "*.authorization", "*.cookie"],
    },
    { write: (line) => void destination.write(spelledOut(masked(line))) },
  );
}

/** What is expected to fail now and then is told in words; only a bug has a stack. */
function failureOf(error: unknown): unknown {
  if (isSparkyError(error)) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof AggregateError) return { message: error.message, errors: error.errors.map(failureOf) };
  return error instanceof Error ? pino.stdSerializers.err(error) : error;
}

/** A file of the log is begun anew when it is bigger; the one before is kept beside it. */
export const MAX_LOG_BYTES = 10 * 1024 * 1024;

/**
 * Begins the file anew when it has grown too big. It stays the same file, because this process's stderr goes there: it is
 * copied and emptied, between two writes of this process, so no line of it is lost.
 */
export function capLog(file: string, most: number = MAX_LOG_BYTES): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= most) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
