/** The closed set of failures that callers may branch on; the HTTP status of each is in `wire/errors.ts`. */
export type ErrorCode =
  | "invalid_input"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_large"
  | "rate_limited"
  | "unavailable"
  /** A worker's write was refused because its lease is not the newest one. */
  | "fenced";

/** An expected failure: callers branch on `code`, people read `message` (what) and `hint` (what to do). */
export class SparkyError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SparkyError";
    this.code = code;
    this.hint = options.hint;
  }
}

export function isSparkyError(error: unknown, code?: ErrorCode): error is SparkyError {
  return error instanceof SparkyError && (code === undefined || error.code === code);
}

export const notFound = (what: string, hint: string | null = null): SparkyError =>
  new SparkyError("not_found", `${what} was not found`, hint === null ? {} : { hint });

/** The message of anything thrown, for logs and events. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes a forgotten variant a compile-time error, and a loud one at run time. */
export function unreachable(value: never): never {
  throw new Error(`unhandled variant: ${JSON.stringify(value)}`);
}
