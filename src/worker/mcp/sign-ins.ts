import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { seal, unseal } from "../../core/seal.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Store } from "../../store/database/store.ts";
import { systemClock } from "../../core/clock.ts";
import { keepSignIn, sealedSignIn } from "../../store/mcp/sign-ins.ts";
import { sealKey } from "../../store/secrets/key.ts";
import type { ServerDefinition } from "../../tools/mcp/definition.ts";
import type { Person } from "../../tools/mcp/servers.ts";
import { filledIn, filledText, type Lookup } from "../../tools/mcp/variables.ts";
import { finishSignIn } from "../../tools/mcp/finish-sign-in.ts";
import { NOTHING_KEPT, type KeptSignIn, type SignInPlace } from "../../tools/mcp/kept-sign-in.ts";
import { boundedFetch, reasonOf } from "../../tools/mcp/http.ts";
import { giveBack } from "../../tools/mcp/revocation.ts";
import { signInFetch } from "../../tools/mcp/sign-in-fetch.ts";
import type { WebAccess } from "../../tools/web/download.ts";
import { CALLBACK_PATH, CLIENT_PATH } from "../../tools/mcp/oauth-client.ts";
import { SignIn, type SignInNeeded } from "../../tools/mcp/sign-in.ts";
import { keepBegunSignIn, type Begun } from "./begun-sign-ins.ts";

/** A session's browser, and how it reaches this server. */
export interface Browser {
  readonly session: string;
  readonly base: string;
}

export interface SignedOut {
  /** Whether there was anything to forget. */
  readonly signedOut: boolean;
  /** Whether its issuer has been told. */
  readonly revoked: boolean;
  /** Why not; null where it takes nothing back. */
  readonly problem: string | null;
}

/**
 * Who is signed in at which server: sealed in the database, by a key that is outside of it. Where that cannot be opened any
 * more, a person signs in again.
 */
export class SignIns implements AsyncDisposable {
  readonly #store: Store;
  /** Where this server is reached, once it listens. */
  readonly #base: () => string | null;
  readonly #lookup: Lookup;
  readonly #web: WebAccess;
  /** Where a person's browser last reached this server. */
  readonly #bases = new Map<string, string>();
  readonly #renewals = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(store: Store, lookup: Lookup, web: WebAccess, base: () => string | null) {
    this.#web = web;
    this.#store = store;
    this.#lookup = lookup;
    this.#base = base;
  }

  /** Whether anybody may have to sign in: at a server elsewhere that is given no token. */
  isFor({ reached }: ServerDefinition): boolean {
    return (
      reached.by === "http" && !Object.keys(reached.headers).some((name) => name.toLowerCase() === "authorization")
    );
  }

  /** For a server elsewhere that is given no token by its definition. */
  for(
    definition: ServerDefinition,
    { userId }: Person,
    base = this.#bases.get(userId) ?? this.#base(),
  ): SignIn | undefined {
    const { name, reached, client } = definition;
    if (reached.by !== "http" || !this.isFor(definition)) return undefined;
    return new SignIn({
      server: name,
      redirectUrl: base === null ? null : base + CALLBACK_PATH,
      ...(base?.startsWith("https:") === true && { clientMetadataUrl: base + CLIENT_PATH }),
      ...(client !== null && { client: this.#filled(name, client) }),
      clock: this.#store.clock,
      place: this.#place(definition, userId, reached.url),
      web: this.#web,
      stopping: this.#stopping.signal,
      onRenewal: (renewal) => {
        this.#renewals.add(renewal);
        void renewal.finally(() => this.#renewals.delete(renewal));
      },
    });
  }

  /** What is known of a person's sign-in; null: there is none. */
  async stateOf(definition: ServerDefinition, { userId }: Person): Promise<{ readonly again: string | null } | null> {
    const { reached } = definition;
    if (reached.by !== "http" || !this.isFor(definition)) return null;
    const kept = await this.#place(definition, userId, reached.url).read();
    return kept === null || kept.grant === null ? null : { again: kept.again };
  }

  /** Forgets what a person was given, and tells its issuer; that it was told nothing of is said, and ends nothing. */
  async signOut(definition: ServerDefinition, { userId }: Person): Promise<SignedOut> {
    const { name, reached, client } = definition;
    if (reached.by !== "http") return { signedOut: false, revoked: false, problem: null };
    let kept = NOTHING_KEPT;
    const signedOut = await this.#place(definition, userId, reached.url).change((now) => {
      kept = now;
      return now.grant === null ? null : { ...now, grant: null, again: null, claim: null };
    });
    const { grant } = kept;
    if (!signedOut || grant === null) return { signedOut: false, revoked: false, problem: null };
    try {
      const known = client === null ? grant.client : this.#filled(name, client);
      const own = new URL(filledText(name, "url", reached.url, this.#lookup));
      const fetch = signInFetch(boundedFetch().fetch, { server: name, own, web: this.#web });
      return { signedOut, revoked: await giveBack(grant, known, fetch), problem: null };
    } catch (error) {
      return { signedOut, revoked: false, problem: reasonOf(error) };
    }
  }

  #place({ name: server }: ServerDefinition, userId: string, url: string): SignInPlace {
    const store = this.#store;
    // With its address, so that one that is defined otherwise is never shown the other's tokens.
    const place = `the sign-in of ${userId} at ${server}, ${url}`;
    const last = async () => {
      const sealed = await sealedSignIn(store, server, userId);
      return { sealed, kept: sealed === null ? null : opened(await sealKey(store, "make"), sealed, place) };
    };
    return {
      read: async () => (await last()).kept,
      async change(update) {
        const key = await sealKey(store, "make");
        for (let tries = 0; tries < TRIES; tries++) {
          const { sealed, kept } = await last();
          const made = update(kept ?? NOTHING_KEPT);
          if (made === null) return false;
          const next = seal(key, JSON.stringify(made), place, store.random);
          if (await keepSignIn(store, { server, userId, last: sealed, next })) return true;
        }
        return false;
      },
    };
  }

  #filled(server: string, client: NonNullable<ServerDefinition["client"]>) {
    const fill = (place: string, text: string): string => filledText(server, `oauth ${place}`, text, this.#lookup);
    const { client_id, client_secret } = client;
    return {
      client_id: fill("clientId", client_id),
      ...(client_secret !== undefined && { client_secret: fill("clientSecret", client_secret) }),
    };
  }

  /** Whether a browser reaches this process. */
  canComeBack({ userId }: Person): boolean {
    return (this.#bases.get(userId) ?? this.#base()) !== null;
  }

  /** From where a person is about to sign in; null: by a program, on this machine. */
  comesFrom({ userId }: Person, from: Browser | null): void {
    if (from === null) this.#bases.delete(userId);
    else this.#bases.set(userId, from.base);
  }

  /** The page to go to, from where the browser may come back. */
  async begin(
    definition: ServerDefinition,
    { userId }: Person,
    needed: SignInNeeded,
    from: Browser | null,
  ): Promise<string> {
    const base = from?.base ?? this.#base();
    const { name: server, reached } = definition;
    if (reached.by !== "http" || base === null) throw needed;
    const word = needed.page.searchParams.get("state") ?? "";
    const session = from?.session ?? null;
    await keepBegunSignIn(this.#store, word, { ...needed.begun, server, userId, url: reached.url, base, session });
    return needed.page.href;
  }

  /** The browser is back, with what it was sent for. */
  async finish(definition: ServerDefinition, begun: Begun, answer: URLSearchParams): Promise<void> {
    const { name, reached } = definition;
    const signIn = this.for(definition, begun, begun.base);
    if (reached.by !== "http" || signIn === undefined || reached.url !== begun.url) {
      throw new SparkyError("conflict", `the server ${name} is defined otherwise by now`, {
        hint: `begin again: sparky mcp login ${shellWord(name)}`,
      });
    }
    const filled = filledIn(name, reached, this.#lookup);
    if (filled.by === "http") await finishSignIn(signIn, begun, filled, answer);
  }

  /** A renewal that is cut off may cost the sign-in: it is left a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = Promise.all(this.#renewals);
    const cancel = systemClock.after(STOP_MS, () =>
      this.#stopping.abort(new SparkyError("unavailable", "this server is stopping")),
    );
    await ended;
    cancel();
  }
}

/** Each that fails is one that somebody else has made meanwhile. */
const TRIES = 20;

/** null: it was sealed for another address, or by a key that is gone. */
function opened(key: Uint8Array, sealed: string, place: string): KeptSignIn | null {
  try {
    return JSON.parse(unseal(key, sealed, place)) as KeptSignIn;
  } catch (error) {
    if (isSparkyError(error, "unavailable")) return null;
    throw error;
  }
}

const STOP_MS = 1000;
