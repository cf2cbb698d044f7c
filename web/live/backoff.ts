const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** How long to wait before try `attempt` (from 1): doubling, capped, with jitter so that many tabs do not come at once. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(full / 2 + (full / 2) * random);
}

/** A client that is behind the server's heads on two pings in a row, with no event between, subscribes again. */
export class HeadCheck {
  #behindAt: number | null = null;

  /** True: subscribe again. */
  isStuck(cursor: number, head: number | undefined): boolean {
    if (head === undefined || head <= cursor) {
      this.#behindAt = null;
      return false;
    }
    if (this.#behindAt === cursor) {
      this.#behindAt = null;
      return true;
    }
    this.#behindAt = cursor;
    return false;
  }
}
