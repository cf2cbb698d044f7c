import type { Clock } from "../../core/clock.ts";

/** A node whose clock is right within this is left alone. */
const TOLERATED_MS = 50;
/** An answer that took longer tells too little. */
const TOO_SLOW_MS = 1000;
const ALIGN_MS = 30_000;

/**
 * The time as the database tells it, for nodes that share one: what one of them writes down ("not before", "expires") is
 * compared by others, and by the database itself, so a node whose own clock is wrong must not write its own time.
 */
export class DatabaseClock implements Clock, Disposable {
  readonly #base: Clock;
  readonly #ask: () => Promise<number | null>;
  /** How much the database's clock is ahead of this machine's. */
  #aheadMs = 0;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(base: Clock, ask: () => Promise<number | null>) {
    this.#base = base;
    this.#ask = ask;
  }

  now(): number {
    return this.#base.now() + this.#aheadMs;
  }

  after(ms: number, fn: () => void): () => void {
    return this.#base.after(ms, fn);
  }

  /** Looks now, and again and again until it is disposed. A look that fails changes nothing. */
  async align(): Promise<void> {
    const asked = this.#base.now();
    const told = await this.#ask().catch(() => null);
    const answered = this.#base.now();
    const took = answered - asked;
    if (told !== null && took >= 0 && took < TOO_SLOW_MS) {
      const ahead = Math.round(told - (asked + answered) / 2);
      this.#aheadMs = Math.abs(ahead) > TOLERATED_MS ? ahead : 0;
    }
    if (!this.#stopped) this.#cancel = this.#base.after(ALIGN_MS, () => void this.align());
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#cancel?.();
  }
}
