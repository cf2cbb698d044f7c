import { heed } from "../core/heed.ts";

/** What the source gives, until the signal aborts: then its reason, even if the source does not heed it or hangs. */
export async function* heeding<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  using heeded = heed(signal);
  let ended = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await heeded.wait(iterator.next());
      ended = next.done === true;
      if (next.done === true) return;
      signal.throwIfAborted();
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs must not hold its reader. What it still throws is nobody's any more.
    if (!ended) iterator.return?.().then(undefined, () => {});
  }
}
