import { join } from "node:path";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import type { Reference } from "../../core/references.ts";
import type { Store } from "../../store/database/store.ts";
import type { Connection } from "../../tools/mcp/connection.ts";
import type { ServerDefinition } from "../../tools/mcp/definition.ts";
import type { OfferedPrompt, OfferedResource } from "../../tools/mcp/offers.ts";
import type { Person, Servers } from "../../tools/mcp/servers.ts";
import { isFor, type KnownServer } from "./given.ts";
import { filePrompt, filePrompts, noPrompt, type PromptFolder } from "./home-prompts.ts";

/** What a person's servers offer for reading and filling in: asked for when somebody looks, and kept for a moment. */

export interface OfferList<T, Server = string> {
  readonly items: readonly (T & { readonly server: Server })[];
  /** Servers that have not answered, or `prompts` in the home, each with why. */
  readonly problems: readonly { readonly server: string; readonly message: string }[];
}

interface OffersDeps {
  readonly store: Store;
  readonly home: string;
  /** Where the prompts stand that come with Sparky; null: it has none at hand. */
  readonly shippedPrompts: string | null;
  readonly ownerId: string;
  readonly servers: Servers;
  known(): Promise<readonly KnownServer[]>;
  /** Throws `not_found`. */
  server(name: string): Promise<KnownServer>;
  readonly stopping: AbortSignal;
}

/** Whoever types asks again with each letter. */
const KEPT_MS = 15_000;
/** Nobody waits longer for a list; a server that is slower is in the next one. */
const PATIENCE_MS = 4000;

interface Kept {
  readonly at: number;
  readonly items: Promise<readonly unknown[]>;
}

export class Offers {
  readonly #deps: OffersDeps;
  readonly #kept = new Map<string, Kept>();

  constructor(deps: OffersDeps) {
    this.#deps = deps;
  }

  resources(person: Person): Promise<OfferList<OfferedResource>> {
    return this.#list("resources", person, (connection, signal) => connection.resources(signal));
  }

  /** The owner's own and those that come with Sparky stand before those of servers. */
  async prompts(person: Person): Promise<OfferList<OfferedPrompt & { readonly shipped: boolean }, string | null>> {
    const [own, { items, problems }] = await Promise.all([
      filePrompts(this.#folders(person)),
      this.#serverPrompts(person),
    ]);
    const ofServers = items.map((item) => ({ ...item, shipped: false }));
    return { items: [...own.items, ...ofServers], problems: [...own.problems, ...problems] };
  }

  #serverPrompts(person: Person): Promise<OfferList<OfferedPrompt>> {
    return this.#list("prompts", person, (connection, signal) => connection.prompts(signal));
  }

  /** The owner's own win over what comes with Sparky; nobody else is told of them. */
  #folders({ userId }: Person): readonly PromptFolder[] {
    const { home, ownerId, shippedPrompts } = this.#deps;
    return [
      ...(userId === ownerId ? [{ path: join(home, "prompts"), shipped: false }] : []),
      ...(shippedPrompts === null ? [] : [{ path: shippedPrompts, shipped: true }]),
    ];
  }

  /** Servers whose resources this person's messages may refer to. */
  async names(person: Person): Promise<readonly string[]> {
    const known = await this.#deps.known();
    return known.flatMap(({ row, definition }) => (isFor(row, definition, person) ? [definition.name] : []));
  }

  async read(person: Person, { server, uri }: Reference, signal: AbortSignal): Promise<string> {
    return (await this.#connection(server, person, signal)).resource(uri, signal);
  }

  async prompt(
    person: Person,
    server: string | null,
    name: string,
    args: { readonly [name: string]: string },
    signal: AbortSignal,
  ): Promise<string> {
    if (server === null) return filePrompt(this.#folders(person), name, args);
    const connection = await this.#connection(server, person, signal);
    try {
      return await connection.prompt(name, args, signal);
    } catch (error) {
      if (signal.aborted || isSparkyError(error, "not_found")) throw error;
      // Servers say it each in their own words, and none tells what there is.
      const { items } = await this.#serverPrompts(person);
      const names = items.filter((item) => item.server === server).map((item) => item.name);
      if (names.length === 0 || names.includes(name)) throw error;
      throw noPrompt(
        `${server}:${name}`,
        names.map((each) => `${server}:${each}`),
      );
    }
  }

  async #connection(server: string, person: Person, signal: AbortSignal): Promise<Connection> {
    const { row, definition } = await this.#deps.server(server);
    if (!isFor(row, definition, person)) {
      throw new SparkyError("not_found", `the server ${server} is disabled, or not yours`);
    }
    return this.#deps.servers.connection(definition, person, signal);
  }

  /** Those whose tools were never looked at are left alone: looking at a list is no reason to start what nobody has used. */
  async #list<T>(
    what: string,
    person: Person,
    ask: (connection: Connection, signal: AbortSignal) => Promise<readonly T[]>,
  ): Promise<OfferList<T>> {
    const known = await this.#deps.known();
    const mine = known.filter(({ row, definition }) => isFor(row, definition, person) && row.seen_at !== null);
    const { clock } = this.#deps.store;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const cancel = clock.after(PATIENCE_MS, () => resolve(null));
    try {
      const lists = await Promise.all(
        mine.map(async ({ definition }) => {
          const server = definition.name;
          try {
            const items = await Promise.race([this.#asked(what, definition, person, ask), late]);
            if (items === null) return { items: [], problems: [{ server, message: "it has not answered yet" }] };
            return { items: items.map((item) => ({ ...item, server })), problems: [] };
          } catch (error) {
            return { items: [], problems: [{ server, message: messageOf(error) }] };
          }
        }),
      );
      return { items: lists.flatMap(({ items }) => items), problems: lists.flatMap(({ problems }) => problems) };
    } finally {
      cancel();
    }
  }

  #asked<T>(
    what: string,
    definition: ServerDefinition,
    person: Person,
    ask: (connection: Connection, signal: AbortSignal) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const now = this.#deps.store.clock.now();
    for (const [key, { at }] of this.#kept) if (Math.abs(now - at) > KEPT_MS) this.#kept.delete(key);
    const key = JSON.stringify([what, definition.name, definition.reached, person.userId]);
    const kept = this.#kept.get(key);
    // Kept under the name of what it is.
    if (kept !== undefined) return kept.items as Promise<readonly T[]>;
    const { servers, stopping } = this.#deps;
    const items = servers.connection(definition, person, stopping).then((connection) => ask(connection, stopping));
    items.catch(() => {});
    this.#kept.set(key, { at: now, items });
    return items;
  }
}
