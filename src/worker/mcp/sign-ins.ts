import { SparkyError } from "../../core/errors.ts";
import type { Clock } from "../../core/clock.ts";
import type { ServerDefinition } from "../../tools/mcp/definition.ts";
import type { Person } from "../../tools/mcp/servers.ts";
import { SignIn, type KeptSignIn, type SignInNeeded } from "../../tools/mcp/sign-in.ts";

/**
 * Who is signed in at which server. Kept in memory alone, so that no token of another's lies on the disk: after a restart a
 * person signs in again.
 */
export class SignIns {
  readonly #clock: Clock;
  /** Where this server is reached, once it listens. */
  readonly #base: () => string | null;
  readonly #kept = new Map<string, KeptSignIn>();
  readonly #open = new Map<
    string,
    { readonly needed: SignInNeeded; readonly until: number; readonly done: () => Promise<void> }
  >();

  constructor(clock: Clock, base: () => string | null) {
    this.#clock = clock;
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
    // With its address, so that one that is defined otherwise is never shown the other's tokens.
    const key = `${userId}\0${name}\0${reached.url}`;
    return new SignIn({
      redirectUrl: `${base}/oauth/callback`,
      ...(client !== null && { client }),
      read: async () => this.#kept.get(key) ?? null,
      write: async (kept) => void this.#kept.set(key, kept),
    });
  }

  /** Lets the browser come back within ten minutes; `done` is called once it has. */
  expect(needed: SignInNeeded, done: () => Promise<void>): void {
    const now = this.#clock.now();
    for (const [state, { until }] of this.#open) if (until < now) this.#open.delete(state);
    const state = needed.page.searchParams.get("state") ?? "";
    this.#open.set(state, { needed, done, until: now + OPEN_MS });
  }

  /** What the browser came back with. Throws where nobody waits for it: each answer counts once. */
  async finish(answer: URLSearchParams): Promise<void> {
    const state = answer.get("state") ?? "";
    const open = this.#open.get(state);
    this.#open.delete(state);
    if (state === "" || open === undefined || open.until < this.#clock.now()) {
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

const OPEN_MS = 10 * 60_000;
