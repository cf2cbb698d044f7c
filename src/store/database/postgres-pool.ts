import { Pool, type Client, type PoolClient } from "pg";
import { explainPostgres } from "./postgres-failures.ts";
import { beginSession, connectionTo, type Limits } from "./postgres-session.ts";

const CONNECTIONS = 16;
/** What is at work when the pool is closed has so long to come to its end, and a connection to say good-bye. */
const GRACE_MS = 1000;

/** The connections of one store: set up before anybody gets one, and closed in time, whatever the network does. */
export class Connections {
  readonly #pool: Pool;
  readonly #open = new Set<PoolClient>();
  /** They may have died in silence: so nobody is given one of them any more. */
  readonly #distrusted = new WeakSet<PoolClient>();
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #closed: Promise<void> | undefined;

  /** `onIdleError`: where failures of connections go that nobody uses just now. */
  constructor(url: string, limits: Limits, onIdleError: (error: Error) => void) {
    this.#pool = new Pool({
      ...connectionTo(url, "sparky", limits),
      max: CONNECTIONS,
      // The pool waits for it, whatever its types say.
      // oxlint-disable-next-line typescript/no-misused-promises
      onConnect: (client) => beginSession(client, limits),
    });
    // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
    const broke = (error: Error): void => {
      if (this.#closed === undefined) onIdleError(explainPostgres(error, true) as Error);
    };
    this.#pool.on("error", broke);
    this.#pool.on("connect", (client) => {
      this.#open.add(client);
      client.on("end", () => this.#open.delete(client));
      // One that breaks while it is in use, between two queries, tells only its own listeners.
      client.on("error", broke);
    });
  }

  async connect(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      if (!this.#distrusted.has(client)) return client;
      client.release(true);
    }
  }

  /** What is asked from now on goes over fresh connections; after that time, and a moment more, there are none. */
  closeIn(ms: number): void {
    for (const client of this.#open) this.#distrusted.add(client);
    this.#deadline ??= setTimeout(() => void this.#close(0), ms + GRACE_MS).unref();
  }

  close(): Promise<void> {
    return this.#close(GRACE_MS);
  }

  async #close(graceMs: number): Promise<void> {
    clearTimeout(this.#deadline);
    this.#closed ??= this.#pool.end();
    await endAll([...this.#open], graceMs);
  }
}

/** Waits for connections that are about to end, and breaks off those that do not in time. */
export async function endAll(clients: readonly Client[], graceMs: number): Promise<void> {
  const ended = clients.map((client) => new Promise<void>((resolve) => client.once("end", resolve)));
  const timer = setTimeout(() => clients.forEach(({ connection }) => connection.stream.destroy()), graceMs);
  await Promise.all(ended);
  clearTimeout(timer);
}
