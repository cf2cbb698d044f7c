/** Waits for one thing after another, and for none of them any longer once a signal aborts. */
export interface Heed extends Disposable {
  /** What the work gives, or the signal's reason as an error, whichever comes first. One at a time. */
  wait<T>(work: Promise<T>): Promise<T>;
}

/**
 * In place of a race with a promise that rejects at the abort: that promise would keep the outcome of every race until it is
 * settled, so a long answer would be held whole, piece by piece.
 */
export function heed(signal: AbortSignal): Heed {
  let refuse: ((reason: unknown) => void) | null = null;
  const onAbort = (): void => refuse?.(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    wait: (work) =>
      new Promise((resolve, reject) => {
        refuse = reject;
        if (signal.aborted) onAbort();
        work.then(resolve, reject);
      }),
    [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort),
  };
}
