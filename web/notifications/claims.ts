/** Which of a browser's tabs tells of something: the first that asks for it, and no other, also after a reload. */

const STORED_AS = "sparky.told";
const MOST_KEPT = 500;

export class Claims {
  readonly #storage: Storage | null;
  readonly #locks: Pick<LockManager, "request"> | undefined;
  #own: readonly string[] = [];

  /** Without locks, which browsers have only where a page is secure, two tabs may tell of the same in the same moment. */
  constructor(storage: Storage | null, locks: Pick<LockManager, "request"> | undefined) {
    this.#storage = storage;
    this.#locks = locks;
  }

  /** Those of the keys that nobody has told of: from now on they are this tab's. */
  async claim(keys: readonly string[]): Promise<readonly string[]> {
    if (keys.length === 0) return [];
    const take = (): readonly string[] => {
      const told = this.#read();
      const mine = keys.filter((key) => !told.includes(key));
      if (mine.length > 0) this.#write([...told, ...mine].slice(-MOST_KEPT));
      return mine;
    };
    return this.#locks === undefined ? take() : this.#locks.request(STORED_AS, take);
  }

  #read(): readonly string[] {
    try {
      const told: unknown = JSON.parse(this.#storage?.getItem(STORED_AS) ?? "[]");
      if (Array.isArray(told)) return [...this.#own, ...told.filter((key) => typeof key === "string")];
    } catch {
      // Not ours, or closed: what this tab knows by itself counts.
    }
    return this.#own;
  }

  #write(told: readonly string[]): void {
    try {
      if (this.#storage === null) this.#own = told;
      else this.#storage.setItem(STORED_AS, JSON.stringify(told));
    } catch {
      this.#own = told;
    }
  }
}
