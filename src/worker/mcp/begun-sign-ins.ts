import { createHash } from "node:crypto";
import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { seal, unseal } from "../../core/seal.ts";
import type { Store } from "../../store/database/store.ts";
import { begunRow, keepBegun, takeBegun } from "../../store/mcp/begun-sign-ins.ts";
import { sealKey } from "../../store/secrets/key.ts";
import type { BegunSignIn } from "../../tools/mcp/sign-in.ts";

/** A sign-in that a browser was sent away for, as it is kept, sealed, until it comes back: here or on another node. */
export interface Begun extends BegunSignIn {
  readonly server: string;
  readonly userId: string;
  /** Where the server was: one that is elsewhere by now is told nothing. */
  readonly url: string;
  /** Where the browser comes back to. */
  readonly base: string;
  /** Only this session's browser may come back; null: any, as a program has shown the page to somebody. */
  readonly session: string | null;
}

/** The word that comes back with the browser: `SignIn` makes it of 24 random bytes. */
const WORD = /^[\w-]{32}$/;
const OPEN_MS = 10 * 60_000;

const hashOf = (word: string): string => createHash("sha256").update(word).digest("base64url");
const placeOf = (hash: string): string => `the sign-in on its way ${hash}`;

/** The browser may come back within ten minutes. */
export async function keepBegunSignIn(store: Store, word: string, begun: Begun): Promise<void> {
  const hash = hashOf(word);
  const sealed = seal(await sealKey(store, "make"), JSON.stringify(begun), placeOf(hash), store.random);
  await keepBegun(store, { word_hash: hash, server: begun.server, user_id: begun.userId, sealed }, OPEN_MS);
}

/**
 * What a browser that comes back with this word goes on with. Throws `not_found` where nobody waits for it, and `forbidden` where
 * it is another browser: then it is kept for the right one. Each counts once. Guessing costs a look at one row.
 */
export async function takeBegunSignIn(
  store: Store,
  word: string,
  session: () => Promise<string | null>,
): Promise<Begun> {
  const hash = hashOf(word);
  const row = WORD.test(word) ? await begunRow(store, hash) : null;
  const begun = row === null ? null : opened(await sealKey(store, "make"), row.sealed, hash);
  if (begun === null) throw unknown();
  if (begun.session !== null && begun.session !== (await session())) {
    throw new SparkyError("forbidden", "this sign-in was begun in another browser, or before you signed out here", {
      hint: "begin it in this one: on the page Tools",
    });
  }
  if (!(await takeBegun(store, hash))) throw unknown();
  return begun;
}

const unknown = (): SparkyError =>
  new SparkyError("not_found", "this sign-in is not known, or took longer than ten minutes", {
    hint: "begin again: sparky mcp login",
  });

/** null: it was sealed by a key that is gone. */
function opened(key: Uint8Array, sealed: string, hash: string): Begun | null {
  try {
    // What is sealed by our key was written above.
    return JSON.parse(unseal(key, sealed, placeOf(hash))) as Begun;
  } catch (error) {
    if (isSparkyError(error, "unavailable")) return null;
    throw error;
  }
}
