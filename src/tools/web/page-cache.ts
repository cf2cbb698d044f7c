import type { ReadPage } from "./page.ts";

/** A page as it was read, kept so that reading on in it is reading on in the same text. */
export interface KeptPage extends ReadPage {
  /** Where it was found, behind all redirects. */
  readonly url: string;
  readonly type: string;
  readonly fetchedAt: number;
}

const KEEP_MS = 15 * 60_000;
/** Characters of all pages together. */
const MOST_CHARS = 4_000_000;

/** The pages that were read last, by their address and how they were read. */
export class PageCache {
  readonly #pages = new Map<string, KeptPage>();
  #chars = 0;

  get(key: string, now: number): KeptPage | undefined {
    const page = this.#pages.get(key);
    if (page === undefined) return undefined;
    this.#drop(key, page);
    // A clock that was set back makes no page young for ever.
    if (Math.abs(now - page.fetchedAt) > KEEP_MS) return undefined;
    this.#keep(key, page);
    return page;
  }

  set(key: string, page: KeptPage): void {
    const before = this.#pages.get(key);
    if (before !== undefined) this.#drop(key, before);
    this.#keep(key, page);
    for (const [oldest, each] of this.#pages) {
      if (this.#chars <= MOST_CHARS) break;
      this.#drop(oldest, each);
    }
  }

  #keep(key: string, page: KeptPage): void {
    this.#pages.set(key, page);
    this.#chars += page.text.length;
  }

  #drop(key: string, page: KeptPage): void {
    this.#pages.delete(key);
    this.#chars -= page.text.length;
  }
}
