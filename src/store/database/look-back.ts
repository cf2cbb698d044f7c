import type { Store } from "./store.ts";

/** The clocks of nodes, and one that is set right, differ by less. */
const SLACK_MS = 3_600_000;
/** A look at everything finds what a clock that went wrong by more has hidden. */
const WHOLE_MS = 3_600_000;

/**
 * How far back somebody has to look who looks again and again for chats with something new: what is older was in order before,
 * and no new event gets an older time. Kept in memory: after a start everything is looked at once.
 */
export class LookBack {
  #from = 0;
  #whole = -Infinity;
  #asked = -Infinity;

  /** Chats whose last event is of this time or later are to be looked at; 0: all. */
  from(now: number): number {
    // The clock was set back, or it is time.
    if (now < this.#asked || now - this.#whole > WHOLE_MS) this.#from = 0;
    this.#asked = now;
    return this.#from;
  }

  /** All from `from(now)` on were looked at; those with something new have their last events at `oldest` or later. */
  looked(now: number, oldest: number = now): void {
    if (this.#from === 0) this.#whole = now;
    this.#from = Math.max(Math.min(now - SLACK_MS, oldest), 0);
  }
}

const known = new WeakMap<Store, Map<string, LookBack>>();

/** Of whoever looks under this name in this process. */
export function lookBackOf(store: Store, name: string): LookBack {
  const those = known.get(store) ?? new Map<string, LookBack>();
  known.set(store, those);
  const lookBack = those.get(name) ?? new LookBack();
  those.set(name, lookBack);
  return lookBack;
}
