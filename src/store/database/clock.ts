import { sql } from "kysely";
import type { Clock } from "../../core/clock.ts";
import { nowSql, type Db } from "./sql.ts";
import type { Store } from "./store.ts";

/** What an answer tells is no more exact than this: within it, what is known is left as it is. */
const TOLERATED_MS = 50;
/** The machine's clock was set, or the machine slept. */
const SET_MS = 1000;
/** An answer that took longer tells too little. */
const TOO_SLOW_MS = 1000;
const ALIGN_MS = 30_000;

/**
 * The time as the database tells it, for nodes that share one: what one of them writes down ("not before", "expires") is
 * compared by others, and by the database itself, so a node whose own clock is wrong must not write its own time. From one
 * look to the next it goes on by what has passed, whatever the machine's clock is set to meanwhile.
 */
export class DatabaseClock implements Clock, Disposable {
  readonly #base: Clock;
  readonly #ask: () => Promise<number | null>;
  readonly #elapsed: () => number;
  /** The database's time when nothing had elapsed; null: it was never told. */
  #zero: number | null = null;
  /** The same of the machine's clock, at the last look. */
  #baseZero = 0;
  #looking = false;
  #cancel: (() => void) | undefined;
  #stopped = false;

  /** `elapsed`: milliseconds that no clock's setting changes. */
  constructor(base: Clock, ask: () => Promise<number | null>, elapsed: () => number = () => performance.now()) {
    this.#base = base;
    this.#ask = ask;
    this.#elapsed = elapsed;
  }

  now(): number {
    if (this.#zero === null) return this.#base.now();
    // While a machine sleeps nothing elapses for it: it looks again when it wakes.
    if (Math.abs(this.#base.now() - this.#elapsed() - this.#baseZero) > SET_MS && !this.#stopped) void this.align();
    return Math.round(this.#zero + this.#elapsed());
  }

  after(ms: number, fn: () => void): () => void {
    return this.#base.after(ms, fn);
  }

  /** Looks now, and again and again until it is disposed. A look that fails changes nothing. */
  async align(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    this.#cancel?.();
    const asked = this.#elapsed();
    const told = await this.#ask().catch(() => null);
    const answered = this.#elapsed();
    this.#baseZero = this.#base.now() - answered;
    if (told !== null && answered - asked < TOO_SLOW_MS) {
      const zero = told - (asked + answered) / 2;
      if (this.#zero === null || Math.abs(zero - this.#zero) > TOLERATED_MS) this.#zero = zero;
    }
    this.#looking = false;
    if (!this.#stopped) this.#cancel = this.#base.after(ALIGN_MS, () => void this.align());
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#cancel?.();
  }
}

/** What is due is decided by the database's clock where nodes share it; a clock that was given instead of it decides alone. */
export async function dueClock(store: Store, db: Db = store.db): Promise<number> {
  if (store.kind === "sqlite" || !(store.clock instanceof DatabaseClock)) return store.clock.now();
  const { rows } = await sql<{ now: number }>`SELECT ${nowSql("postgres", 0)} AS now`.execute(db);
  return Number(rows[0]?.now);
}
