/**
 * The keys under which a form sends what it was filled with: the same for the same content, so that a try whose answer was lost
 * makes nothing twice when it is made again; another for what was changed in between, which must not bring back what was made of
 * the old.
 */
export class Keys {
  readonly #made = new Map<string, string>();

  of(content: unknown): string {
    const text = JSON.stringify(content) ?? "";
    const key = this.#made.get(text) ?? crypto.randomUUID();
    this.#made.set(text, key);
    return key;
  }

  /** It was done: the same content is meant anew from now on. */
  done(): void {
    this.#made.clear();
  }
}
