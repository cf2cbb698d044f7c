import pino from "pino";

export type Log = pino.Logger;

/** Structured logs on stderr, one JSON object a line. Whatever may hold a secret is not written. */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ["token", "key", "secret", "password", "authorization", "cookie", "*.authorization", "*.cookie"],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
