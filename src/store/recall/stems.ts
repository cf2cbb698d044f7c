import type { Store } from "../database/store.ts";

/** The stem of a word in small letters: what its forms have in common. */
export type Stemmer = (word: string) => string;

/** A stem takes 5 µs to find: a home says the same few thousand words again and again. Emptied when it is full. */
const MOST_KEPT = 8192;
const ENGLISH = /^[a-z]{3,}$/;

const known = new WeakMap<Store["hub"], Promise<Stemmer>>();

/** Of this store's own cache; loaded with the first word. */
export function stemmerOf(store: Store): Promise<Stemmer> {
  const stemmer = known.get(store.hub) ?? openStemmer();
  known.set(store.hub, stemmer);
  return stemmer;
}

/** As the index holds them. */
export const stemsOf = (words: readonly string[], stem: Stemmer): string => words.map(stem).join(" ");

export async function openStemmer(): Promise<Stemmer> {
  const { default: stem } = await import("wink-porter2-stemmer");
  const stems = new Map<string, string>();
  return (word) => {
    if (!ENGLISH.test(word)) return word;
    const before = stems.get(word);
    if (before !== undefined) return before;
    if (stems.size >= MOST_KEPT) stems.clear();
    const found = stem(word);
    stems.set(word, found);
    return found;
  };
}
