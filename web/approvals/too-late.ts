import { RequestFailure } from "../live/http.ts";

/** Somebody was first, the time ran out, or the question was taken back. */
export function isTooLate(error: Error): boolean {
  return error instanceof RequestFailure && error.code === "conflict";
}

export function hintOf(error: Error): string | null {
  return error instanceof RequestFailure ? error.hint : null;
}
