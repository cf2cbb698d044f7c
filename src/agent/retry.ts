import { ModelError } from "../models/model.ts";

/** Tries of one model call after the first, before the run fails: together they last longer than a quota of a minute. */
const MAX_RETRIES = 7;
/** Of an answer that came and was none: each costs tokens. */
const MAX_BAD_ANSWERS = 3;

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
const LONGEST_ASKED_MS = 3_600_000;

export function maxRetries(error: unknown): number {
  return error instanceof ModelError && error.code === "model_bad_response" ? MAX_BAD_ANSWERS : MAX_RETRIES;
}

/**
 * How long to wait before the next try, in milliseconds: doubling, with jitter over the upper half so that many runs do not
 * come back at once. What the provider asks for (`Retry-After`) is honoured up to an hour, and not believed when it was too
 * short twice. `random` is in [0, 1).
 */
export function backOffMs(retries: number, error: unknown, random: number): number {
  const asked = error instanceof ModelError ? error.retryAfterMs : undefined;
  const full = Math.min(FIRST_MS * 2 ** retries, LONGEST_MS);
  const own = Math.round(full / 2 + (random * full) / 2);
  if (asked === undefined) return own;
  const wait = Math.min(asked, LONGEST_ASKED_MS) + Math.round(random * 250);
  return asked > 0 && retries >= 2 ? Math.max(wait, own) : wait;
}
