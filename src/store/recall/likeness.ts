import type { Store } from "../database/store.ts";

/** Where recall finds what compares by meaning, if whoever opened the store brought it; else nothing of all that is loaded. */

/** How like a query items are in meaning. */
export interface Likeness {
  /** Standard scores above 0 among what the reader may see, by the items' numbers. */
  readonly scores: ReadonlyMap<number, number>;
  /** What the best of so many reaches by chance: only above it one stands out by itself. */
  readonly chance: number;
  /** Why not everything was compared, in words. */
  readonly note?: string;
}

interface Compares {
  /** Never rejects for what a provider does. `among`: the numbers of the items that may be compared. */
  likeness(query: string, among: () => Promise<readonly number[]>, signal?: AbortSignal): Promise<Likeness>;
}

/** By the hub, which all have in common that act on one store on somebody's behalf. */
const known = new WeakMap<Store["hub"], Compares>();

/** From now on recall on this store goes by meaning too. */
export function giveMeaning(store: Store, meaning: Compares): void {
  known.set(store.hub, meaning);
}

export const meaningOf = (store: Store): Compares | undefined => known.get(store.hub);
