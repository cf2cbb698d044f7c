import { isSparkyError, type ErrorCode } from "../core/errors.ts";
import type { ErrorBody } from "./api.ts";

/** The HTTP status of each code that may cross the wire. */
export const HTTP_STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  fenced: 409,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
} as const satisfies { readonly [code in ErrorCode]: number };

/** What a failure says to a client. Anything unexpected is `internal` and says nothing of its cause. */
export function errorBody(error: unknown): { readonly status: number; readonly body: ErrorBody } {
  if (!isSparkyError(error)) {
    const message = "the server failed to do this; its log has the cause";
    return { status: 500, body: { error: { code: "internal", message, hint: "try again; if it stays, see the log" } } };
  }
  const code = error.code === "fenced" ? "conflict" : error.code;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return { status: HTTP_STATUS[error.code], body: { error: { code, message: error.message, ...hint } } };
}
