import type { Store } from "./store.ts";

/** The clocks of nodes, and one that is set right, differ by less. */
const SLACK_MS = 3_600_000;
/** A look at everything finds what a clock that went wrong by more has hidden. */
const WHOLE_MS = 3_600_000;
/** So long a transaction may take from its time to its commit; the end of a long way finds one that took longer. */
const COMMIT_MS = 5000;

/** Times of last events; both ends belong to it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const EVERYTHING: readonly Span[] = [{ from: 0, to: Number.MAX_SAFE_INTEGER }];

/**
 * How far back somebody has to look who looks again and again for chats with something new: what is older was in order before,
 * and no new event gets an older time. Kept in memory: after a start everything is looked at once.
 */
export class LookBack {
  #from = 0;
  /** What has its last event between the two is in order, though there is more to do before. */
  #gap: { readonly low: number; readonly top: number; readonly since: number } | null = null;
  #whole = -Infinity;
  #asked = -Infinity;

  /** Chats whose last event is of this time or later are to be looked at; 0: all. */
  from(now: number): number {
    // The clock was set back, or it is time.
    if (now < this.#asked || now - this.#whole > WHOLE_MS) this.#from = 0;
    this.#asked = now;
    return this.#from;
  }

  /** As `from`, for who takes the latest first and not all at once: what was passed on the way is not walked over again. */
  spans(now: number): readonly Span[] {
    // As with everything else that is not looked at: not for long, and not by a clock that was set back.
    if (this.#gap !== null && (now < this.#asked || now - this.#gap.since > WHOLE_MS)) this.#gap = null;
    const from = this.from(now);
    const gap = this.#gap;
    if (gap === null || gap.low < from) return [{ from, to: Number.MAX_SAFE_INTEGER }];
    return [
      { from: Math.max(gap.top, from), to: Number.MAX_SAFE_INTEGER },
      { from, to: gap.low },
    ];
  }

  /** There was more than could be looked at; the latest with something new has its last event at `latest`. */
  passed(now: number, latest: number): void {
    const top = now - COMMIT_MS;
    if (latest < Math.min(top, this.#gap?.top ?? top)) {
      this.#gap = { low: latest, top, since: this.#gap?.since ?? now };
    }
  }

  /** All from `from(now)` on were looked at; those with something new have their last events at `oldest` or later. */
  looked(now: number, oldest: number = now): void {
    this.#gap = null;
    if (this.#from === 0) this.#whole = now;
    this.#from = Math.max(Math.min(now - SLACK_MS, oldest), 0);
  }
}

const known = new WeakMap<Store["hub"], Map<string, LookBack>>();

/** Of whoever looks under this name in this process. */
export function lookBackOf(store: Store, name: string): LookBack {
  const those = known.get(store.hub) ?? new Map<string, LookBack>();
  known.set(store.hub, those);
  const lookBack = those.get(name) ?? new LookBack();
  those.set(name, lookBack);
  return lookBack;
}
