import type { Log } from "../core/log.ts";
import type { Store } from "../store/database/store.ts";
import { Embedding } from "../store/recall/embedding.ts";
import type { Meaning } from "../store/recall/meaning.ts";

const BEGIN_MS = 50;
const FAILED_MS = 5000;

/** Has vectors made of what is new, behind the index of recall and apart from it: a provider may take its time. */
export class EmbeddingLoop implements AsyncDisposable {
  readonly #store: Store;
  readonly #embedding: Embedding;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  #cancelTimer: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #said = "";

  constructor(store: Store, meaning: Meaning, log: Log) {
    this.#store = store;
    this.#embedding = new Embedding(store, meaning);
    this.#log = log;
  }

  start(): void {
    this.#wait(BEGIN_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#cancelTimer?.();
    await this.#working;
  }

  #wait(ms: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#cancelTimer = this.#store.clock.after(ms, () => void (this.#working = this.#portion()));
  }

  async #portion(): Promise<void> {
    let wait = FAILED_MS;
    try {
      let failure = "";
      wait = await this.#embedding.portion(this.#stopping.signal, (why) => void (failure = why));
      // Once, not at every try.
      if (failure !== "" && failure !== this.#said) {
        this.#log.warn({ why: failure }, "what is new is not compared by meaning yet; tried again");
      }
      this.#said = failure;
    } catch (error) {
      // Nothing is lost: what has no vector yet is found again.
      this.#log.warn({ err: error }, "vectors could not be kept; tried again");
    }
    this.#wait(wait);
  }
}
