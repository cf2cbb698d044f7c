/** What becomes of the due instants that one pass found: pure, so that every case is a row of a table. */

export interface DueInstant {
  readonly at: number;
  /** Why it is not to run, whatever the policy; null: it may. */
  readonly held: "paused" | "backoff" | null;
}

export interface CatchUp {
  readonly policy: "skip" | "latest" | "all";
  /** With `all`: at most so many, the newest. */
  readonly most: number;
  readonly maxAgeMs: number;
}

export type Decision =
  | { readonly at: number; readonly what: "run"; readonly caughtUp: boolean }
  | { readonly at: number; readonly what: "skip"; readonly reason: "paused" | "backoff" | "down" | "policy" };

const MINUTE_MS = 60_000;
const LONGEST_REST_MS = 60 * MINUTE_MS;

/** How long a schedule rests after so many failures in a row: a minute, then twice as long each time, at most an hour. */
export function restMs(failures: number): number {
  return Math.min(MINUTE_MS * 2 ** (failures - 1), LONGEST_REST_MS);
}

/** An instant that is found later than this was missed, and so was one that the next had come before: nobody was there. */
export const ON_TIME_MS = 60_000;

/**
 * Decides for each instant, in order. `more`: the newest ones are not among them, so nothing here is caught up with.
 * A missed instant is skipped as `down`, unless catching up is asked for; then what the age or the number leaves out is
 * skipped as `policy`.
 */
export function decideInstants(
  instants: readonly DueInstant[],
  catchUp: CatchUp,
  now: number,
  more: boolean,
): readonly Decision[] {
  const active = instants.filter((instant) => instant.held === null);
  const last = active.at(-1);
  const missed = active.filter((instant) => instant !== last || more || now - instant.at > ON_TIME_MS);
  const young = more ? [] : missed.filter(({ at }) => now - at <= catchUp.maxAgeMs);
  const caught = new Set(
    catchUp.policy === "all"
      ? young.slice(Math.max(young.length - catchUp.most, 0))
      : catchUp.policy === "latest"
        ? young.filter((instant) => instant === last)
        : [],
  );
  const late = new Set(missed);
  return instants.map((instant): Decision => {
    const { at, held } = instant;
    if (held !== null) return { at, what: "skip", reason: held };
    // In its time, but behind those that are caught up with: it waits for its turn as they do.
    if (!late.has(instant)) return { at, what: "run", caughtUp: caught.size > 0 };
    if (caught.has(instant)) return { at, what: "run", caughtUp: true };
    const byPolicy = catchUp.policy === "all" || (catchUp.policy === "latest" && instant === last && !more);
    return { at, what: "skip", reason: byPolicy ? "policy" : "down" };
  });
}
