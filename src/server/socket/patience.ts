import { sleep, type Clock } from "../../core/clock.ts";
import { MAX_SUBSCRIPTIONS } from "../../wire/limits.ts";

/** What is refused costs the server as much as what is done: so many at once, then so many a second. */
const AT_ONCE = 100;
const PER_SECOND = 20;

/** Slows a client down that is refused again and again; one that is not never waits. */
export class Patience {
  readonly #clock: Clock;
  #left = AT_ONCE;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  refused(): void {
    this.#left = Math.max(this.#left - 1, -MAX_SUBSCRIPTIONS);
  }

  /** Resolves when the client may be heard again; rejects when `signal` aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    this.#left = Math.min(this.#left + (Math.max(now - this.#at, 0) * PER_SECOND) / 1000, AT_ONCE);
    this.#at = now;
    if (this.#left < 1) await sleep(this.#clock, ((1 - this.#left) * 1000) / PER_SECOND, signal);
  }
}
