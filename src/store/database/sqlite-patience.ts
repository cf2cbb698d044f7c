import Database from "better-sqlite3";
import type { SparkyError } from "../../core/errors.ts";

/** How long another program's lock on the file is waited for, in all. */
export const PATIENCE_MS = 15_000;

/** From one try to the next: soon at first, for most locks are held for a moment. */
const DELAYS_MS = [1, 2, 5, 10, 25];

/** Another connection, as a rule another program's, holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

interface Waiting {
  /** On the clock of `performance.now()`. */
  readonly until: number;
  /** Rejects while the file is locked. Whatever else comes of it is for whoever waits. */
  readonly attempt: () => Promise<void>;
  readonly giveUp: (error: SparkyError) => void;
}

/**
 * Those who wait for another program's lock stand in a line. Its head alone tries again and again, and nothing blocks
 * meanwhile; when it gets through, the next one tries at once. Whose time is over goes away with `unavailable`.
 */
export class Patience {
  readonly patienceMs: number;
  readonly #refusal: () => SparkyError;
  readonly #line: Waiting[] = [];
  #serving = false;
  /** From then on nobody waits any more. */
  #closedAt = Infinity;

  /** `refusal` says who holds the lock just now. */
  constructor(refusal: () => SparkyError, patienceMs = PATIENCE_MS) {
    this.#refusal = refusal;
    this.patienceMs = patienceMs;
  }

  /** Tries until the file is not locked any more. `waitedMs`: for so long it was waited already. */
  wait<T>(attempt: () => Promise<T>, waitedMs = 0): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#line.push({
        until: performance.now() + this.patienceMs - waitedMs,
        attempt: () => attempt().then(resolve, (error) => (isBusy(error) ? Promise.reject(error) : reject(error))),
        giveUp: reject,
      });
      if (!this.#serving) void this.#serve();
    });
  }

  /** Whoever waits then gives up, and nobody waits after. */
  closeIn(ms: number): void {
    this.#closedAt = performance.now() + ms;
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    for (let missed = 0; this.#line[0] !== undefined;) {
      try {
        await this.#line[0].attempt();
        this.#line.shift();
        missed = 0;
      } catch {
        this.#dismiss();
        const delay = DELAYS_MS[Math.min(missed++, DELAYS_MS.length - 1)];
        if (this.#line.length > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
    this.#serving = false;
  }

  #dismiss(): void {
    const now = performance.now();
    const late = this.#line.filter(({ until }) => now >= Math.min(until, this.#closedAt));
    if (late.length === 0) return;
    const error = this.#refusal();
    for (const waiting of late) {
      this.#line.splice(this.#line.indexOf(waiting), 1);
      waiting.giveUp(error);
    }
  }
}
