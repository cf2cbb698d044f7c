import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Identities } from "./identities.ts";
import type { Session } from "./sessions.ts";

/** As long as a node may be behind what others have ended (decision 0016). */
const HOLDS_MS = 1000;
const MOST = 1000;

interface Known {
  readonly session: Session;
  readonly at: number;
  /** The same on a clock that nobody sets. */
  readonly since: number;
}

/**
 * Sign-ins that were just found good, by a hash of what they came with: a page asks many things at once, and the account
 * library takes 2 ms for each. Forgotten in the tick in which this node hears that any sign-in has ended or any role has
 * changed, and after a second anyway. Only for reading: what changes something looks again in its transaction.
 */
export class KnownSignIns {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  /** What is being looked up: whoever asks meanwhile waits for the same answer. */
  readonly #looking = new Map<string, Promise<Session | null>>();

  constructor(clock: Clock, identities: Identities) {
    this.#clock = clock;
    identities.onChange(() => {
      this.#known.clear();
      this.#looking.clear();
    });
  }

  /** `given`: the header that says who asks. `look`: finds out; null, as for nobody, is never kept. */
  find(given: string, look: () => Promise<Session | null>): Promise<Session | null> {
    const key = createHash("sha256").update(given).digest("base64");
    const known = this.#known.get(key);
    if (known !== undefined && this.#holds(known)) return Promise.resolve(known.session);
    const underway = this.#looking.get(key);
    if (underway !== undefined) return underway;
    const [at, since] = [this.#clock.now(), performance.now()];
    const looking = look().then((session) => {
      // What was looked up before all was forgotten is not kept after; who was prolonged has cookies for this answer alone.
      const isNews = this.#looking.get(key) === looking;
      if (session !== null && session.cookies.length === 0 && isNews) this.#keep(key, { session, at, since });
      return session;
    });
    this.#looking.set(key, looking);
    const end = (): void => {
      if (this.#looking.get(key) === looking) this.#looking.delete(key);
    };
    looking.then(end, end);
    return looking;
  }

  #keep(key: string, known: Known): void {
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, known);
  }

  #holds({ at, since }: Known): boolean {
    const passed = this.#clock.now() - at;
    return passed >= 0 && passed < HOLDS_MS && performance.now() - since < HOLDS_MS;
  }
}
