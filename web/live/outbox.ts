import { z } from "zod";
import { messageAcceptedSchema } from "../../src/wire/api.ts";
import { mayRetry, RequestFailure, type Http } from "./http.ts";

/** Messages on their way. Each has a key, so sending it again, by a retry, a reload or another tab, stores it once. */

const itemSchema = z.object({
  chatId: z.string(),
  key: z.string(),
  text: z.string(),
  /** `sent`: stored as event `seq`, which this tab may not have seen yet. */
  state: z.enum(["sending", "sent", "failed"]),
  seq: z.number().optional(),
  error: z.string().optional(),
});
export type OutboxItem = z.infer<typeof itemSchema>;

export interface OutboxDeps {
  readonly http: Http;
  readonly storage: Storage | null;
  readonly newKey: () => string;
  readonly sleep: (ms: number) => Promise<void>;
}

/** One entry a message: tabs share the storage and must not overwrite each other's. */
const STORED_AS = "sparky.outbox.";
const RETRY_AFTER_MS = [500, 2000, 5000];

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #listeners = new Set<() => void>();
  /** Chats in which a message is under way: the next one of that chat waits, so that they arrive in order. */
  readonly #busy = new Set<string>();
  #items: readonly OutboxItem[];

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#items = read(deps.storage);
    // Whether these arrived is not known; asking again is harmless.
    for (const { chatId } of this.#items) void this.#deliver(chatId);
  }

  readonly items = (): readonly OutboxItem[] => this.#items;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  send(chatId: string, text: string): void {
    this.#set([...this.#items, { chatId, key: this.#deps.newKey(), text, state: "sending" }]);
    void this.#deliver(chatId);
  }

  retry(key: string): void {
    const item = this.#items.find((other) => other.key === key);
    if (item?.state !== "failed") return;
    this.#replace(key, { chatId: item.chatId, key, text: item.text, state: "sending" });
    void this.#deliver(item.chatId);
  }

  discard(key: string): void {
    this.#replace(key, null);
  }

  /** The log of the chat is seen up to `seq`, these messages in it. */
  arrived(chatId: string, seq: number, keys: ReadonlySet<string>): void {
    const isHere = (item: OutboxItem): boolean =>
      keys.has(item.key) || (item.chatId === chatId && item.seq !== undefined && item.seq <= seq);
    if (this.#items.some(isHere)) this.#set(this.#items.filter((item) => !isHere(item)));
  }

  async #deliver(chatId: string): Promise<void> {
    if (this.#busy.has(chatId)) return;
    this.#busy.add(chatId);
    const next = (): OutboxItem | undefined =>
      this.#items.find((item) => item.chatId === chatId && item.state === "sending");
    for (let item = next(); item !== undefined; item = next()) this.#replace(item.key, await this.#post(item));
    this.#busy.delete(chatId);
  }

  /** The item as it is after all tries. */
  async #post(item: OutboxItem): Promise<OutboxItem> {
    const path = `/api/chats/${encodeURIComponent(item.chatId)}/messages`;
    for (let tries = 0; ; tries += 1) {
      try {
        const body = { text: item.text, key: item.key };
        const { seq } = await this.#deps.http.send("POST", path, body, messageAcceptedSchema);
        return { ...item, state: "sent", seq };
      } catch (error) {
        const wait = RETRY_AFTER_MS[tries];
        if (!mayRetry(error) || wait === undefined) {
          const failure = error instanceof RequestFailure ? error : new RequestFailure("internal", String(error));
          const why = failure.hint === null ? failure.message : `${failure.message}. ${failure.hint}`;
          return { ...item, state: "failed", error: why };
        }
        await this.#deps.sleep(wait);
      }
    }
  }

  #replace(key: string, by: OutboxItem | null): void {
    this.#set(this.#items.flatMap((item) => (item.key !== key ? [item] : by === null ? [] : [by])));
  }

  #set(items: readonly OutboxItem[]): void {
    const before = this.#items;
    this.#items = items;
    try {
      for (const { key } of before) this.#deps.storage?.removeItem(STORED_AS + key);
      for (const item of items) {
        if (item.state !== "sent") this.#deps.storage?.setItem(STORED_AS + item.key, JSON.stringify(item));
      }
    } catch {
      // A full or closed storage: the messages live as long as this tab.
    }
    for (const listener of this.#listeners) listener();
  }
}

function read(storage: Storage | null): readonly OutboxItem[] {
  if (storage === null) return [];
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  return names
    .filter((name) => name.startsWith(STORED_AS))
    .flatMap((name) => {
      try {
        return [itemSchema.parse(JSON.parse(storage.getItem(name) ?? ""))];
      } catch {
        return [];
      }
    });
}
