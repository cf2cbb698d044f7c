import { ChatWatch, type ChatWatchDeps } from "./chat-watch.ts";

/** Chats that were left are kept, so that going back to one is instant; it takes up at its cursor. */
const MOST_KEPT = 6;

/** The chats of this tab: each followed while somebody looks at it. */
export class Chats {
  readonly #deps: ChatWatchDeps;
  readonly #kept = new Map<string, { readonly watch: ChatWatch; lookers: number }>();

  constructor(deps: ChatWatchDeps) {
    this.#deps = deps;
    deps.socket.onConnection(() => {
      if (deps.socket.connection().state === "live") this.#retryFailed();
    });
  }

  /** `until`: only the stretch of its log that ends there. */
  get(chatId: string, until: number | null = null): ChatWatch {
    const key = keyOf(chatId, until);
    const kept = this.#kept.get(key) ?? { watch: new ChatWatch(chatId, this.#deps, until), lookers: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const [other, { lookers }] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) break;
      if (lookers === 0 && other !== key) this.#kept.delete(other);
    }
    return kept.watch;
  }

  /** Follows the chat until the returned function is called. */
  look(chatId: string, until: number | null = null): () => void {
    const watch = this.get(chatId, until);
    const kept = this.#kept.get(keyOf(chatId, until));
    if (kept === undefined) return () => undefined;
    kept.lookers += 1;
    watch.start();
    return () => {
      kept.lookers -= 1;
      if (kept.lookers === 0) watch.stop();
    };
  }

  /** What could not be loaded while the server was away is loaded now that it is back. */
  #retryFailed(): void {
    for (const { watch, lookers } of this.#kept.values()) {
      if (lookers > 0 && watch.snapshot().phase === "failed") void watch.load();
    }
  }
}

function keyOf(chatId: string, until: number | null): string {
  return until === null ? chatId : `${chatId} ${until}`;
}
