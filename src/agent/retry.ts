import { ModelError } from "../models/model.ts";

/** Tries of one model call before the run fails. */
export const MAX_RETRIES = 5;

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
const LONGEST_ASKED_MS = 3_600_000;

/**
 * How long to wait before the next try, in milliseconds: doubling, with jitter over the upper half so that many runs do not
 * come back at once. What the provider asks for (`Retry-After`) is honoured up to an hour. `random` is in [0, 1).
 */
export function backOffMs(retries: number, error: unknown, random: number): number {
  const asked = error instanceof ModelError ? error.retryAfterMs : undefined;
  if (asked !== undefined) return Math.min(asked, LONGEST_ASKED_MS) + Math.round(random * 250);
  const full = Math.min(FIRST_MS * 2 ** retries, LONGEST_MS);
  return Math.round(full / 2 + (random * full) / 2);
}
