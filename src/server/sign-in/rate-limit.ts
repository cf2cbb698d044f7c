import type { Clock } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";

const WINDOW_MS = 60_000;
const MAX_FAILURES = 20;
const MAX_CALLERS = 10_000;

/** Counts failed sign-ins by caller, so that guessing is slow; what succeeds costs nothing. */
export class SignInLimit {
  readonly #clock: Clock;
  readonly #callers = new Map<string, { failures: number; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `rate_limited` for a caller that failed too often within a minute. */
  check(caller: string): void {
    const known = this.#callers.get(caller);
    if (known === undefined || known.failures < MAX_FAILURES) return;
    const left = known.until - this.#clock.now();
    if (left <= 0) return void this.#callers.delete(caller);
    throw new SparkyError("rate_limited", "too many failed sign-ins from your address", {
      hint: `try again in ${Math.ceil(left / 1000)} s`,
    });
  }

  failed(caller: string): void {
    const now = this.#clock.now();
    const known = this.#callers.get(caller);
    if (known !== undefined && known.until > now) return void known.failures++;
    if (this.#callers.size >= MAX_CALLERS) this.#callers.clear();
    this.#callers.set(caller, { failures: 1, until: now + WINDOW_MS });
  }
}

interface Patience {
  /** What there was too much of, as it is told. */
  readonly what: string;
  /** So many are nobody's fault. */
  readonly free: number;
  /** Nobody is kept waiting longer than this. */
  readonly mostMs: number;
}

/**
 * Slows down guesses of one thing, as of one name's password: after the free ones each further one waits twice as long as the one
 * before. A try counts before it is made, so that many at once are many.
 */
export class BackOff {
  readonly #clock: Clock;
  readonly #patience: Patience;
  readonly #tried = new Map<string, { readonly times: number; readonly until: number }>();

  constructor(clock: Clock, patience: Patience) {
    this.#clock = clock;
    this.#patience = patience;
  }

  /** Throws `rate_limited` while the wait of the tries before lasts. */
  attempt(key: string): void {
    const { what, free, mostMs } = this.#patience;
    const now = this.#clock.now();
    const known = this.#tried.get(key);
    const left = (known?.until ?? 0) - now;
    // One that is longer than any wait is of a clock that was set back.
    if (left > 0 && left <= mostMs) {
      throw new SparkyError("rate_limited", `too many ${what}`, {
        hint: `try again in ${Math.ceil(left / 1000)} s`,
      });
    }
    const times = (known === undefined || -left > mostMs ? 0 : known.times) + 1;
    const waitMs = times < free ? 0 : Math.min(1000 * 2 ** (times - free), mostMs);
    this.#tried.delete(key);
    if (this.#tried.size >= MAX_CALLERS) this.#forgetOldest();
    this.#tried.set(key, { times, until: now + waitMs });
  }

  succeeded(key: string): void {
    this.#tried.delete(key);
  }

  #forgetOldest(): void {
    for (const key of this.#tried.keys()) return void this.#tried.delete(key);
  }
}
