import type { Log } from "../../core/log.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../store/people/user.ts";
import { holding, keyOf, type Credential, type Identity } from "../../store/people/identity.ts";

/** How often all sign-ins that something is open for are looked at, together. */
const LOOK_MS = 1000;

/** Something that is open by a sign-in: a socket, a stream, a long poll. */
export interface Held extends Disposable {
  /** Aborts when the sign-in has `ended`, or its user's role has `changed`. */
  readonly signal: AbortSignal;
}

/**
 * Ends what is open when the sign-in that it was opened by ends: signed out, expired, revoked, or with another role. Here
 * at once, elsewhere by one query a second for all of them, whoever has changed the rows; a hint from another node only
 * hastens it. Nothing is asked while nothing is open.
 */
export class Identities implements Disposable {
  readonly #store: Store;
  readonly #log: Log;
  readonly #open = new Map<string, Set<{ readonly identity: Identity; readonly over: AbortController }>>();
  readonly #listeners = new Set<() => void>();
  #cancelLook: (() => void) | null = null;
  readonly #stopListening: () => void;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
    this.#stopListening = store.hub.onRights(() => {
      for (const listener of this.#listeners) listener();
      void this.#look();
    });
  }

  hold(identity: Identity): Held {
    const key = keyOf(identity.credential);
    const entry = { identity, over: new AbortController() };
    this.#open.set(key, (this.#open.get(key) ?? new Set()).add(entry));
    this.#lookLater();
    return {
      signal: entry.over.signal,
      [Symbol.dispose]: () => {
        const all = this.#open.get(key);
        if (all?.delete(entry) && all.size === 0) this.#open.delete(key);
        if (this.#open.size === 0) this.#stopLooking();
      },
    };
  }

  /** Called in the tick in which this node hears that a sign-in has ended or a role has changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Its row is gone: everything that is open by it here ends in this tick, and other nodes are told to look. */
  ended(credential: Credential): void {
    this.#end(keyOf(credential), null);
    this.#store.hub.rights();
  }

  /** The same of all that a user has open here; `role`: what they may be now, null: they are shut out. */
  userChanged(userId: string, role: User["role"] | null): void {
    for (const [key, entries] of this.#open) {
      if ([...entries].some(({ identity }) => identity.user.id === userId)) this.#end(key, role);
    }
    this.#store.hub.rights();
  }

  [Symbol.dispose](): void {
    this.#stopListening();
    this.#stopLooking();
  }

  /** `role`: what the user may be now; null: the sign-in is gone. */
  #end(key: string, role: User["role"] | null): void {
    for (const { identity, over } of [...(this.#open.get(key) ?? [])])
      if (identity.user.role !== role) over.abort(role === null ? "ended" : "changed");
  }

  #lookLater(): void {
    this.#cancelLook ??= this.#store.clock.after(LOOK_MS, () => {
      this.#cancelLook = null;
      void this.#look().then(() => {
        if (this.#open.size > 0) this.#lookLater();
      });
    });
  }

  #stopLooking(): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
  }

  async #look(): Promise<void> {
    const { db, kind, clock } = this.#store;
    const asked = [...this.#open].flatMap(([key, [entry]]) =>
      entry === undefined ? [] : [{ key, credential: entry.identity.credential }],
    );
    if (asked.length === 0) return;
    try {
      const credentials = asked.map(({ credential }) => credential);
      const held = await holding(db, kind, clock.now(), credentials);
      for (const { key } of asked) this.#end(key, held.get(key) ?? null);
    } catch (error) {
      this.#log.warn({ err: error }, "sign-ins could not be checked");
    }
  }
}
