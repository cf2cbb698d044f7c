import { AsyncLocalStorage } from "node:async_hooks";
import type { Store } from "../../store/database/store.ts";
import { requireIdentity, type Identity } from "../../store/people/identity.ts";

/**
 * Whose request or frame is being served. Every change that it makes checks, inside its own transaction, that the sign-in
 * still holds: also one that was let in a moment before it ended.
 */
export class Acting {
  readonly #identity = new AsyncLocalStorage<Identity>();
  readonly #raw: Store;
  /** The store for whatever is done on somebody's behalf. */
  readonly store: Store;

  constructor(store: Store) {
    this.#raw = store;
    this.store = {
      ...store,
      transact: (body, wait) =>
        store.transact(async (tx) => {
          const identity = this.#identity.getStore();
          if (identity === undefined) return body(tx);
          await requireIdentity(tx, identity);
          return body({ ...tx, credential: identity.credential });
        }, wait),
    };
  }

  /** Without an identity it is this process itself that asks. */
  as<T>(identity: Identity | null, act: () => Promise<T>): Promise<T> {
    return identity === null ? this.#identity.exit(act) : this.#identity.run(identity, act);
  }

  /** For what makes its changes by a store of its own: throws what the change would. */
  async check(): Promise<void> {
    const identity = this.#identity.getStore();
    if (identity !== undefined) await this.#raw.transact((tx) => requireIdentity(tx, identity));
  }
}
