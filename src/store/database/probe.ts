/**
 * For tests that end the process right before or right after a commit. Told of the n-th one of this store, and of how many
 * events it holds: how appends fall into commits is a matter of moments, how many events a run writes is not.
 */
export interface Probe {
  readonly before?: (n: number, events: number) => void;
  readonly after?: (n: number, events: number) => void;
}

export class Commits {
  readonly #probe: Probe;
  #count = 0;

  constructor(probe: Probe = {}) {
    this.#probe = probe;
  }

  /** To be called right before a commit; what it returns, right after. */
  begin(events: number): () => void {
    const n = ++this.#count;
    this.#probe.before?.(n, events);
    return () => this.#probe.after?.(n, events);
  }
}
