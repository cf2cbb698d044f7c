/** How long a model may be silent, in milliseconds. */
export interface Deadlines {
  /** Until its first words, and while it thinks without showing it. */
  readonly firstChunkMs: number;
  /** Between two pieces once it writes. */
  readonly chunkMs: number;
}

/**
 * Passes parts on, and calls `expire` once when the next one takes longer than `limit()` says. The returned iterator
 * ends by throwing what `failed` rejects with, whether or not the source reacts to its abort.
 */
export async function* withDeadline<T>(
  source: AsyncIterable<T>,
  limit: () => number,
  expire: (waitedMs: number) => void,
  failed: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {});
  const onAbort = (): void => reject(failed.reason);
  failed.addEventListener("abort", onAbort, { once: true });
  if (failed.aborted) onAbort();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  try {
    for (;;) {
      const ms = limit();
      timer = setTimeout(() => expire(ms), ms);
      const next = await Promise.race([iterator.next(), aborted]);
      clearTimeout(timer);
      if (next.done === true) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    failed.removeEventListener("abort", onAbort);
    // Not awaited: a source that hangs must not hold its reader.
    if (!ended) iterator.return?.().catch(() => {});
  }
}
