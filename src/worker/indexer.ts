import type { Log } from "../core/log.ts";
import { indexRecall } from "../store/recall/indexing.ts";
import { indexPending } from "../store/search/indexing.ts";
import type { Store } from "../store/database/store.ts";

/** Between looks at a log that nothing was added to, and between portions of one that is behind. */
const IDLE_MS = 2000;
const BUSY_MS = 50;
const PORTION = 100;

/** Keeps the indexes of search and of recall close behind the log, a portion at a time, so that nothing else waits for it. */
export class Indexer implements AsyncDisposable {
  readonly #store: Store;
  readonly #log: Log;
  #cancelTimer: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  start(): void {
    this.#wait(BUSY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    await this.#working;
  }

  #wait(ms: number): void {
    if (this.#stopped) return;
    this.#cancelTimer = this.#store.clock.after(ms, () => void (this.#working = this.#portion()));
  }

  async #portion(): Promise<void> {
    let done = true;
    try {
      done = await indexPending(this.#store, PORTION);
      if (!this.#stopped) done = (await indexRecall(this.#store, PORTION)) && done;
    } catch (error) {
      // Nothing is lost: the log is whole, and each goes on where it was.
      this.#log.warn({ err: error }, "an index could not be filled; tried again");
    }
    this.#wait(done ? IDLE_MS : BUSY_MS);
  }
}
