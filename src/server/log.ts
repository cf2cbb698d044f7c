import type { Logger } from "pino";

/** The part of the process's logger that the server uses. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;
