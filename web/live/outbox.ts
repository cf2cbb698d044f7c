import { messageAcceptedSchema } from "../../src/wire/api.ts";
import type { SentFile } from "../../src/wire/files.ts";
import { mayRetry, RequestFailure, type Http } from "./http.ts";
import { KeptMessages, keyOfEntry, type OutboxItem } from "./kept-messages.ts";

/**
 * Messages on their way, of whoever is signed in. Each has a key, so sending it again, by a retry, a reload or another tab,
 * stores it once.
 */

export interface OutboxDeps {
  readonly http: Http;
  readonly storage: Storage | null;
  readonly newKey: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Until the server may be reached again. */
  readonly reachable: () => Promise<void>;
  /** The server may take us for somebody else than who wrote a message: who is signed in now, by their id; null: it cannot be asked. */
  readonly askWho: () => Promise<string | null>;
}

const RETRY_AFTER_MS = [500, 2000, 5000];

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #kept: KeptMessages;
  readonly #listeners = new Set<() => void>();
  /** Chats in which a message is under way: the next one of that chat waits, so that they arrive in order. */
  readonly #busy = new Set<string>();
  #person: string | null = null;
  #items: readonly OutboxItem[] = [];

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#kept = new KeptMessages(deps.storage);
  }

  readonly items = (): readonly OutboxItem[] => this.#items;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Whose messages these are; null: it is not known yet. */
  readonly person = (): string | null => this.#person;

  /** From now on what this person wrote is shown and sent, and nothing of anybody else. */
  belongTo(person: string): void {
    if (person === this.#person) return;
    this.#person = person;
    this.#show(this.#kept.of(person));
    // Whether these arrived is not known; asking again is harmless.
    for (const { chatId } of this.#items) void this.#deliver(chatId);
  }

  /** Throws while it is not known who writes: nothing is taken then. */
  send(chatId: string, text: string, sent: readonly SentFile[] = []): void {
    const by = this.#person;
    if (by === null) throw new RequestFailure("unauthenticated", "You are signed out", "Sign in, then send it again");
    const order = this.#items.reduce((most, item) => Math.max(most, item.order + 1), this.#kept.nextOrder());
    const files = sent.length > 0 ? { files: [...sent] } : {};
    const item: OutboxItem = { chatId, key: this.#deps.newKey(), by, text, ...files, order, state: "sending" };
    this.#kept.put(item);
    this.#show([...this.#items, item]);
    void this.#deliver(chatId);
  }

  retry(key: string): void {
    const item = this.#items.find((other) => other.key === key);
    if (item?.state !== "failed") return;
    this.#replace({ ...item, state: "sending", error: undefined });
    void this.#deliver(item.chatId);
  }

  discard(key: string): void {
    this.#kept.remove(key);
    this.#drop(key);
  }

  /** Another tab has changed the storage's entry of this name. */
  storedElsewhere(name: string): void {
    const key = keyOfEntry(name);
    const item = this.#items.find((other) => other.key === key);
    // What has arrived by this tab stays until the tab has seen it.
    if (item !== undefined && item.state !== "sent" && !this.#kept.has(item.key)) this.#drop(item.key);
  }

  /** The log of the chat is seen up to `seq`, these messages in it. */
  arrived(chatId: string, seq: number, keys: ReadonlySet<string>): void {
    const isHere = (item: OutboxItem): boolean =>
      keys.has(item.key) || (item.chatId === chatId && item.seq !== undefined && item.seq <= seq);
    const here = this.#items.filter(isHere);
    if (here.length === 0) return;
    for (const { key } of here) this.#kept.remove(key);
    this.#show(this.#items.filter((item) => !isHere(item)));
  }

  async #deliver(chatId: string): Promise<void> {
    if (this.#busy.has(chatId)) return;
    this.#busy.add(chatId);
    const next = (): OutboxItem | undefined =>
      this.#items.find((item) => item.chatId === chatId && item.state === "sending");
    for (let item = next(); item !== undefined; item = next()) {
      const after = await this.#post(item);
      if (after === null) this.#drop(item.key);
      else this.#replace(after);
    }
    this.#busy.delete(chatId);
  }

  /**
   * The item as it is after all tries; null: it is no longer ours to send. While the server cannot be reached, or nobody is
   * signed in, it is on its way, however long that takes.
   */
  async #post(item: OutboxItem): Promise<OutboxItem | null> {
    const path = `/api/chats/${encodeURIComponent(item.chatId)}/messages`;
    let isAskedAgain = false;
    for (let tries = 0; ;) {
      // Thrown away meanwhile, here or in another tab, or its writer has left: then nothing is sent.
      if (!this.#items.some(({ key }) => key === item.key) || !this.#kept.has(item.key)) return null;
      try {
        const attachments = item.files?.map(({ id }) => id);
        const body = { text: item.text, key: item.key, by: item.by, ...(attachments !== undefined && { attachments }) };
        const { seq } = await this.#deps.http.send("POST", path, body, messageAcceptedSchema);
        return { ...item, state: "sent", seq };
      } catch (error) {
        if (error instanceof RequestFailure && error.code === "conflict") {
          const who = await this.#deps.askWho();
          if (who === null) {
            await this.#deps.reachable();
            continue;
          }
          // Somebody else is signed in: it stays kept for its writer.
          if (who !== item.by) return null;
          // Its writer may have come back just now; what is refused again is not about who writes.
          if (isAskedAgain) return failed(item, error);
          isAskedAgain = true;
          continue;
        }
        if (isUnreachable(error)) {
          await this.#deps.reachable();
          continue;
        }
        const wait = RETRY_AFTER_MS[tries++];
        if (!mayRetry(error) || wait === undefined) return failed(item, error);
        await this.#deps.sleep(wait);
      }
    }
  }

  /** What was thrown away by another tab does not come back by this one. */
  #replace(item: OutboxItem): void {
    if (!this.#items.some(({ key }) => key === item.key)) return;
    if (item.state !== "sent" && !this.#kept.has(item.key)) return this.#drop(item.key);
    this.#kept.put(item);
    this.#show(this.#items.map((each) => (each.key === item.key ? item : each)));
  }

  #drop(key: string): void {
    if (this.#items.some((item) => item.key === key)) this.#show(this.#items.filter((item) => item.key !== key));
  }

  #show(items: readonly OutboxItem[]): void {
    this.#items = items;
    for (const listener of this.#listeners) listener();
  }
}

function failed(item: OutboxItem, error: unknown): OutboxItem {
  const { message, hint } = error instanceof RequestFailure ? error : new RequestFailure("internal", String(error));
  return { ...item, state: "failed", error: hint === null ? message : `${message}. ${hint}` };
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof RequestFailure && ["offline", "timeout", "unauthenticated"].includes(error.code);
