import { SparkyError } from "../../core/errors.ts";

/** Costly work of one person is done one after the other: others are served between, and a person's own haste costs only them. */
export class InTurn {
  readonly #most: number;
  readonly #lines = new Map<string, { last: Promise<unknown>; waiting: number }>();

  /** `most`: so many may wait or be under way. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Throws `rate_limited` where too many wait. */
  async ask<T>(key: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= this.#most) {
      throw new SparkyError("rate_limited", `${this.#most} such requests of yours are being answered`, {
        hint: "ask again when one of them has its answer",
      });
    }
    this.#lines.set(key, line);
    line.waiting++;
    const mine = line.last.then(work, work);
    line.last = mine;
    try {
      return await mine;
    } finally {
      if (--line.waiting === 0) this.#lines.delete(key);
    }
  }
}
