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
