/** For tests that end the process right before or right after a commit: told of the n-th one of this store. */
export interface Probe {
  readonly before?: (kind: CommitKind, n: number) => void;
  readonly after?: (kind: CommitKind, n: number) => void;
}

/** `append`: a group of appends. `transact`: a transaction, from its body's end on. */
export type CommitKind = "append" | "transact";

export class Commits {
  readonly #probe: Probe;
  #count = 0;

  constructor(probe: Probe = {}) {
    this.#probe = probe;
  }

  /** To be called right before a commit; what it returns, right after. */
  begin(kind: CommitKind): () => void {
    const n = ++this.#count;
    this.#probe.before?.(kind, n);
    return () => this.#probe.after?.(kind, n);
  }
}
