import { z } from "zod";
import { fileSchema } from "../../src/wire/files.ts";

/** What a browser keeps of messages that have not arrived: all its tabs, and whoever signs in there, share one storage. */

const itemSchema = z.object({
  chatId: z.string(),
  key: z.string(),
  /** The id of whoever wrote it: nobody else is shown it, or sends it. */
  by: z.string(),
  text: z.string(),
  /** What goes along with it: at the server already. */
  files: z.array(fileSchema).optional(),
  /** Greater the later it was written: a storage keeps no order of its own. */
  order: z.number().default(0),
  /** `sent`: stored as event `seq`, which this tab may not have seen yet. */
  state: z.enum(["sending", "sent", "failed"]),
  seq: z.number().optional(),
  error: z.string().optional(),
});
export type OutboxItem = z.infer<typeof itemSchema>;
const storedSchema = itemSchema.partial({ by: true });

/** One entry a message: tabs must not overwrite each other's. */
const STORED_AS = "sparky.outbox.";

const NOBODYS = "An earlier version kept it without saying who wrote it. Send it if it is yours";

export class KeptMessages {
  readonly #storage: Storage | null;
  /** Those that this storage has taken: one that is missing later was thrown away by another tab, or has arrived by it. */
  readonly #taken = new Set<string>();

  constructor(storage: Storage | null) {
    this.#storage = storage;
  }

  /**
   * What this person wrote, in that order. What earlier versions kept is taken for theirs who sign in first, and goes out
   * only when they say so.
   */
  of(person: string): readonly OutboxItem[] {
    return this.#stored().flatMap(({ by, ...item }): readonly OutboxItem[] => {
      if (by === person) {
        this.#taken.add(item.key);
        return [{ ...item, by }];
      }
      if (by !== undefined) return [];
      const adopted: OutboxItem = { ...item, by: person, state: "failed", error: NOBODYS };
      this.put(adopted);
      return [adopted];
    });
  }

  put(item: OutboxItem): void {
    if (item.state === "sent") return this.remove(item.key);
    try {
      this.#storage?.setItem(STORED_AS + item.key, JSON.stringify(item));
      this.#taken.add(item.key);
    } catch {
      // A full or closed storage: the message lives as long as this tab.
    }
  }

  remove(key: string): void {
    this.#taken.delete(key);
    try {
      this.#storage?.removeItem(STORED_AS + key);
    } catch {
      // Nobody can read it then.
    }
  }

  /** Whether it is still to be sent, as far as the other tabs have left word. */
  has(key: string): boolean {
    if (!this.#taken.has(key)) return true;
    try {
      return this.#storage?.getItem(STORED_AS + key) !== null;
    } catch {
      return true;
    }
  }

  /** Greater than that of everything that is kept, whoever wrote it. */
  nextOrder(): number {
    return this.#stored().reduce((most, { order }) => Math.max(most, order), 0) + 1;
  }

  #stored(): readonly z.infer<typeof storedSchema>[] {
    const storage = this.#storage;
    if (storage === null) return [];
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    return names
      .filter((name) => name.startsWith(STORED_AS))
      .flatMap((name) => {
        try {
          return [storedSchema.parse(JSON.parse(storage.getItem(name) ?? ""))];
        } catch {
          return [];
        }
      })
      .toSorted((a, b) => a.order - b.order);
  }
}

/** The key of the message that an entry of this name is about; null: it is about something else. */
export const keyOfEntry = (name: string): string | null =>
  name.startsWith(STORED_AS) ? name.slice(STORED_AS.length) : null;
