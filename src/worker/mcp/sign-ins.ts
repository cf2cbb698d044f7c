import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { seal, unseal } from "../../core/seal.ts";
import type { Store } from "../../store/database/store.ts";
import { keepSignIn, sealedSignIn } from "../../store/mcp/sign-ins.ts";
import { sealKey } from "../../store/secrets/key.ts";
import type { ServerDefinition } from "../../tools/mcp/definition.ts";
import type { Person } from "../../tools/mcp/servers.ts";
import { filledText, type Lookup } from "../../tools/mcp/variables.ts";
import { SignIn, type KeptSignIn, type SignInNeeded } from "../../tools/mcp/sign-in.ts";

/**
 * Who is signed in at which server: sealed in the database, by a key that is outside of it. Where that cannot be opened any
 * more, a person signs in again.
 */
export class SignIns {
  readonly #store: Store;
  /** Where this server is reached, once it listens. */
  readonly #base: () => string | null;
  readonly #open = new Map<
    string,
    { readonly needed: SignInNeeded; readonly until: number; readonly done: () => Promise<void> }
  >();

  readonly #lookup: Lookup;

  constructor(store: Store, lookup: Lookup, base: () => string | null) {
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
  for(definition: ServerDefinition, { userId }: Person): SignIn | undefined {
    const { name, reached, client } = definition;
    const base = this.#base();
    if (base === null || reached.by !== "http" || !this.isFor(definition)) return undefined;
    const store = this.#store;
    // With its address, so that one that is defined otherwise is never shown the other's tokens.
    const place = `the sign-in of ${userId} at ${name}, ${reached.url}`;
    return new SignIn({
      redirectUrl: `${base}/oauth/callback`,
      ...(client !== null && { client: this.#filled(name, client) }),
      async read() {
        const sealed = await sealedSignIn(store, name, userId);
        return sealed === null ? null : opened(await sealKey(store, "make"), sealed, place);
      },
      async write(kept) {
        const key = await sealKey(store, "make");
        await keepSignIn(store, name, userId, seal(key, JSON.stringify(kept), place, store.random));
      },
    });
  }

  #filled(server: string, client: NonNullable<ServerDefinition["client"]>) {
    const fill = (place: string, text: string): string => filledText(server, `oauth ${place}`, text, this.#lookup);
    const { client_id, client_secret } = client;
    return {
      client_id: fill("clientId", client_id),
      ...(client_secret !== undefined && { client_secret: fill("clientSecret", client_secret) }),
    };
  }

  /** Lets the browser come back within ten minutes; `done` is called once it has. */
  expect(needed: SignInNeeded, done: () => Promise<void>): void {
    const now = this.#store.clock.now();
    for (const [state, { until }] of this.#open) if (until < now) this.#open.delete(state);
    const state = needed.page.searchParams.get("state") ?? "";
    this.#open.set(state, { needed, done, until: now + OPEN_MS });
  }

  /** What the browser came back with. Throws where nobody waits for it: each answer counts once. */
  async finish(answer: URLSearchParams): Promise<void> {
    const state = answer.get("state") ?? "";
    const open = this.#open.get(state);
    this.#open.delete(state);
    if (state === "" || open === undefined || open.until < this.#store.clock.now()) {
      throw new SparkyError("not_found", "this sign-in is not known, or took longer than ten minutes", {
        hint: "begin again: sparky mcp login",
      });
    }
    const refused = answer.get("error");
    if (refused !== null) throw new SparkyError("conflict", `the server did not sign you in: ${refused.slice(0, 100)}`);
    await open.needed.finish(answer);
    await open.done();
  }
}

/** null: it was sealed for another address, or by a key that is gone. */
function opened(key: Uint8Array, sealed: string, place: string): KeptSignIn | null {
  try {
    return JSON.parse(unseal(key, sealed, place)) as KeptSignIn;
  } catch (error) {
    if (isSparkyError(error, "unavailable")) return null;
    throw error;
  }
}

const OPEN_MS = 10 * 60_000;
