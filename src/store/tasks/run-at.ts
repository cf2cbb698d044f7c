import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";

/** People name a time by the minute, and the one that has begun is meant as now; clocks differ by less. */
const TOLERANCE_MS = 60_000;

/** The time before which a task does not begin; throws `invalid_input` for one that is over. */
export function runAtOf(text: string, now: number): number {
  const at = Date.parse(text);
  if (at > now - TOLERANCE_MS) return at;
  throw new SparkyError("invalid_input", `runAt: ${isoTime(at)} lies in the past: it is ${isoTime(now)} now`, {
    hint: "name a later time, or leave it out to begin at once",
  });
}
