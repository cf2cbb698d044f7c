/** What becomes of the due instants that one pass found: pure, so that every case is a row of a table. */

export interface DueInstant {
  readonly at: number;
  /** Why it is not to run, whatever the policy; null: it may. */
  readonly held: "paused" | "backoff" | "account" | null;
}

export interface CatchUp {
  readonly policy: "skip" | "latest" | "all";
  /** With `all`: at most so many, the newest. */
  readonly most: number;
  readonly maxAgeMs: number;
  /** What whoever's work it is may spend is used up: nothing runs. */
  readonly isSpent?: boolean;
}

export type Decision =
  | { readonly at: number; readonly what: "run"; readonly caughtUp: boolean }
  | {
      readonly at: number;
      readonly what: "skip";
      readonly reason: "paused" | "backoff" | "account" | "limit" | "down" | "policy";
    };

const MINUTE_MS = 60_000;
const LONGEST_REST_MS = 60 * MINUTE_MS;

/** How long a schedule rests after so many failures in a row: a minute, then twice as long each time, at most an hour. */
export function restMs(failures: number): number {
  return Math.min(MINUTE_MS * 2 ** (failures - 1), LONGEST_REST_MS);
}

/** An instant that is found later than this was missed, and so was one that the next had come before: nobody was there. */
export const ON_TIME_MS = 60_000;

/**
 * Decides for each instant, in order. A missed one is skipped as `down`, unless catching up is asked for; then what the age
 * or the number leaves out is skipped as `policy`.
 */
export function decideInstants(instants: readonly DueInstant[], catchUp: CatchUp, now: number): readonly Decision[] {
  const active = instants.filter((instant) => instant.held === null);
  const last = active.at(-1);
  const missed = active.filter((instant) => instant !== last || now - instant.at > ON_TIME_MS);
  const young = missed.filter(({ at }) => now - at <= catchUp.maxAgeMs);
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
    const runs = !late.has(instant) || caught.has(instant);
    if (runs && catchUp.isSpent === true) return { at, what: "skip", reason: "limit" };
    // In its time, but behind those that are caught up with: it waits for its turn as they do.
    if (!late.has(instant)) return { at, what: "run", caughtUp: caught.size > 0 };
    if (caught.has(instant)) return { at, what: "run", caughtUp: true };
    const isLast = catchUp.policy === "latest" && instant === last;
    return { at, what: "skip", reason: isLast ? "policy" : missedReason(catchUp) };
  });
}

const missedReason = ({ policy }: CatchUp): "policy" | "down" => (policy === "all" ? "policy" : "down");

/** Instants that follow one another and are skipped for one reason. */
export interface SkippedInstants {
  readonly what: "skip";
  readonly reason: Extract<Decision, { what: "skip" }>["reason"];
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** null: too many to have each its own row. */
  readonly each: readonly number[] | null;
}

export type Stretch = Extract<Decision, { what: "run" }> | SkippedInstants;

/** Of so many, the newest, each is decided about by itself: nobody may ask to catch up with more. */
const NEWEST = 1000;
/** More than this in a row are one row, with first, last and count. */
const ROW_EACH = 1000;

/** The instants of one pass, added in their order. However many they are, only the newest are kept one by one. */
export class DueInstants {
  readonly #catchUp: CatchUp;
  readonly #now: number;
  readonly #older: Stretch[] = [];
  readonly #newest: DueInstant[] = [];
  /** Instants that have their row already: no stretch goes across one. */
  readonly #passedOver: number[] = [];

  constructor(catchUp: CatchUp, now: number) {
    this.#catchUp = catchUp;
    this.#now = now;
  }

  add(instant: DueInstant): void {
    this.#newest.push(instant);
    if (this.#newest.length < 2 * NEWEST) return;
    for (const { at, held } of this.#newest.splice(0, NEWEST)) {
      this.#skip(this.#older, at, held ?? missedReason(this.#catchUp));
    }
  }

  passOver(at: number): void {
    this.#passedOver.push(at);
  }

  stretches(): readonly Stretch[] {
    const all = [...this.#older];
    for (const decision of decideInstants(this.#newest, this.#catchUp, this.#now)) {
      if (decision.what === "run") all.push(decision);
      else this.#skip(all, decision.at, decision.reason);
    }
    return all;
  }

  #skip(all: Stretch[], at: number, reason: SkippedInstants["reason"]): void {
    const before = all.at(-1);
    const isNext =
      before?.what === "skip" &&
      before.reason === reason &&
      !this.#passedOver.some((other) => other > before.last && other < at);
    if (!isNext) {
      all.push({ what: "skip", reason, first: at, last: at, count: 1, each: [at] });
      return;
    }
    const each = before.each === null || before.count === ROW_EACH ? null : [...before.each, at];
    all[all.length - 1] = { ...before, last: at, count: before.count + 1, each };
  }
}
