import { heed } from "../core/heed.ts";

/** How long a model may be silent, in milliseconds. */
export interface Deadlines {
  /** Until its first words, and while it thinks without showing it. */
  readonly firstChunkMs: number;
  /** Between two pieces once it writes. */
  readonly chunkMs: number;
}

interface Patience {
  /** In milliseconds. */
  readonly limit: () => number;
  /** When the server last sent anything at all, keep-alives included, by `performance.now()`. */
  readonly lastSign: () => number;
  readonly expire: (waitedMs: number) => void;
  readonly failed: AbortSignal;
}

/** A server that only keeps its connection alive is given up after this many limits. */
const PATIENCE = 10;

/**
 * Passes parts on, and calls `expire` once when the next one takes longer than `limit()` says and nothing else came either. The returned iterator
 * ends by throwing what `failed` rejects with, whether or not the source reacts to its abort.
 */
export async function* withDeadline<T>(
  source: AsyncIterable<T>,
  { limit, lastSign, expire, failed }: Patience,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  using heeded = heed(failed);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  try {
    for (;;) {
      const ms = limit();
      const since = performance.now();
      const look = (): void => {
        const now = performance.now();
        const silentMs = now - Math.max(since, lastSign());
        if (silentMs >= ms || now - since >= ms * PATIENCE) expire(now - since);
        else timer = setTimeout(look, ms - silentMs);
      };
      // A timer may come a little early by this clock.
      timer = setTimeout(look, ms + 1);
      const next = await heeded.wait(iterator.next());
      clearTimeout(timer);
      if (next.done === true) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    // Not awaited: a source that hangs must not hold its reader.
    if (!ended) iterator.return?.().catch(() => {});
  }
}
