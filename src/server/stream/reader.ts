import { SparkyError } from "../../core/errors.ts";
import type { StreamSource, StreamWatcher } from "./source.ts";

/** An empty page below the head is read again this often before the log is reported as damaged. */
const MAX_EMPTY_PAGES = 3;

/**
 * One reader's way through a stream: every item after its position, in order, each once. It reads pages until it has
 * caught up, then takes what the watch brings if that is exactly what comes next, and reads pages again if it is not.
 */
export class StreamReader<Item extends { readonly seq: number }> implements StreamWatcher<Item> {
  readonly #source: StreamSource<Item>;
  #position: number;
  /** As far as the stream is known to go. */
  #head: number;
  /** The head must be asked for, and with it the right to read. */
  #unchecked = false;
  /** The last items that the watch brought, while they may still be the next. One batch: a slow reader holds no more. */
  #fresh: readonly Item[] = [];
  #unwatch: (() => void) | null = null;
  #wake: () => void = () => {};

  /** Begins after `position`, in a stream that its reader was just told to go to `head`. */
  constructor(source: StreamSource<Item>, position: number, head: number) {
    this.#source = source;
    this.#position = position;
    this.#head = head;
  }

  /** The `seq` of the last item taken. */
  get position(): number {
    return this.#position;
  }

  /** Whether all that is known to exist has been taken. */
  get upToDate(): boolean {
    return this.#position >= this.#head;
  }

  /** The next items, none at the end of the stream; throws `not_found` once its reader may not see it. */
  async take(): Promise<readonly Item[]> {
    for (let empty = 0; ;) {
      if (this.#unchecked) {
        this.#unchecked = false;
        this.#head = Math.max(this.#head, await this.#source.head());
      }
      const items = await this.#next();
      // Nothing is told that was read under a right which may be lost.
      if (this.#unchecked) continue;
      const last = items.at(-1);
      if (last === undefined && !this.upToDate) {
        this.#unchecked = true;
        if (++empty < MAX_EMPTY_PAGES) continue;
        throw new SparkyError("unavailable", "the log of this chat cannot be read here", {
          hint: "sparky verify says what is wrong with it",
        });
      }
      this.#position = last?.seq ?? this.#position;
      return items;
    }
  }

  async #next(): Promise<readonly Item[]> {
    const fresh = this.#fresh;
    this.#fresh = [];
    if (fresh[0]?.seq === this.#position + 1) return fresh;
    return this.upToDate ? [] : this.#source.read(this.#position);
  }

  /** Resolves when there may be something to take, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#unwatch === null) {
      this.#unwatch = this.#source.watch(this);
      // What came before it was watched is found by asking once more.
      this.#unchecked = true;
    }
    if (this.#unchecked || !this.upToDate || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const wake = (): void => resolve();
    signal.addEventListener("abort", wake);
    await promise;
    signal.removeEventListener("abort", wake);
  }

  grown(head: number, items: readonly Item[]): void {
    this.#head = Math.max(this.#head, head);
    this.#fresh = this.#fresh.length === 0 ? items : [];
    this.#wake();
  }

  recheck(): void {
    this.#unchecked = true;
    this.#wake();
  }

  [Symbol.dispose](): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#wake();
  }
}
