/** Somebody who watches a chat, and wants to know who else does. */
export interface Looker {
  readonly name: string;
  /** The names of all who watch it now, by the alphabet. */
  told(names: readonly string[]): void;
}

/**
 * Who watches which chat, on this node and in memory only. Only who may read a chat at this moment is in it, and only those
 * are told.
 */
export class Presence {
  readonly #chats = new Map<string, Set<Looker>>();

  /** Until the returned function is called. */
  enter(chatId: string, looker: Looker): () => void {
    const before = this.names(chatId);
    const lookers = this.#chats.get(chatId) ?? new Set();
    this.#chats.set(chatId, lookers.add(looker));
    if (before.includes(looker.name)) looker.told(before);
    else this.#tell(chatId);
    return () => {
      if (!lookers.delete(looker)) return;
      if (lookers.size === 0) this.#chats.delete(chatId);
      else if (!this.names(chatId).includes(looker.name)) this.#tell(chatId);
    };
  }

  /** Each once, in however many tabs. */
  names(chatId: string): readonly string[] {
    return [...new Set([...(this.#chats.get(chatId) ?? [])].map(({ name }) => name))].toSorted();
  }

  #tell(chatId: string): void {
    const names = this.names(chatId);
    for (const looker of this.#chats.get(chatId) ?? []) looker.told(names);
  }
}
