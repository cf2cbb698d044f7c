import { PROMPTLY, type Store, type Tx } from "../database/store.ts";

/** Does it in a transaction; `dryRun`: and takes all of it back, so that what is told is what would be. */
export async function perform<T>(store: Store, dryRun: boolean, body: (tx: Tx) => Promise<T>): Promise<T> {
  if (!dryRun) return store.transact(body, PROMPTLY);
  const rehearsed = new Rehearsed<T>();
  try {
    await store.transact(async (tx) => {
      rehearsed.results.push(await body(tx));
      throw rehearsed;
    }, PROMPTLY);
  } catch (error) {
    if (error !== rehearsed) throw error;
  }
  const [result] = rehearsed.results.slice(-1);
  if (result === undefined) throw new Error("a rehearsal has no result");
  return result;
}

class Rehearsed<T> extends Error {
  readonly results: T[] = [];
}
