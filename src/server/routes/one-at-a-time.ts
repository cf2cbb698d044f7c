/**
 * Work that many may ask for at once is done once at a time for each key. Who asks while it is under way shares the next one with
 * all who do: so what they are told was looked at after they asked, and any number of askers cost what two cost.
 */
export class OneAtATime<T> {
  readonly #under = new Map<string, { readonly now: Promise<T>; next: Promise<T> | null }>();

  ask(key: string, work: () => Promise<T>): Promise<T> {
    const under = this.#under.get(key);
    if (under === undefined) return this.#begin(key, work);
    const over = (): Promise<T> => this.#begin(key, work);
    under.next ??= under.now.then(over, over);
    return under.next;
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const under = { now: work(), next: null };
    this.#under.set(key, under);
    const end = (): void => {
      if (this.#under.get(key) === under && under.next === null) this.#under.delete(key);
    };
    under.now.then(end, end);
    return under.now;
  }
}
