import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { type PostgresCluster, startPostgres } from "../kit/postgres-cluster.ts";

/** Enough for all nodes at their busiest, and few enough to be used up. */
const CONNECTIONS = 90;
const AGAIN_MS = 200;
const CANCEL_MS = 50;
/** Only ends a hang. */
const PATIENCE_MS = 60_000;

/** The one PostgreSQL that all nodes share, and what befalls it. */
export class Database implements AsyncDisposable {
  readonly #cluster: PostgresCluster;

  private constructor(cluster: PostgresCluster) {
    this.#cluster = cluster;
  }

  static async start(): Promise<Database> {
    return new Database(await startPostgres({ connections: CONNECTIONS }));
  }

  /** As nobody but the run itself uses it: past every proxy. */
  get url(): string {
    return this.#cluster.url;
  }

  /** Asks by a connection of its own, again and again until it is answered. */
  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    for (const deadline = performance.now() + PATIENCE_MS; ; await wait(AGAIN_MS)) {
      const client = this.#client("chaos");
      try {
        await client.connect();
        return (await client.query<Row>(sql, [...values])).rows;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      } finally {
        await client.end().catch(() => {});
      }
    }
  }

  restart(): Promise<void> {
    return this.#cluster.restart();
  }

  async terminate(): Promise<void> {
    await this.rows(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name <> 'chaos'`);
  }

  /** Others take every connection that there is, and that becomes free, for so long. */
  async useUp(forMs: number): Promise<void> {
    const others: Client[] = [];
    for (const deadline = performance.now() + forMs; performance.now() < deadline;) {
      const other = this.#client("others");
      const taken = await other.connect().then(
        () => true,
        () => false,
      );
      if (taken) others.push(other);
      else await wait(CANCEL_MS);
    }
    await Promise.all(others.map((other) => other.end().catch(() => {})));
  }

  /** Somebody holds the row of a chat in which a run is at work, or else of this one, for so long. */
  async holdRow(otherwise: string, forMs: number): Promise<void> {
    const [row] = await this.rows<{ chat_id: string }>("select chat_id from runs where state = 'working' limit 1");
    await this.#within("others", async (client) => {
      await client.query("begin");
      await client.query("update chats set title = title where id = $1", [row?.chat_id ?? otherwise]);
      await wait(forMs);
      await client.query("rollback");
    });
  }

  /** Nothing can be written, as on a server that has become another's copy. */
  async readOnly(forMs: number): Promise<void> {
    await this.#within("chaos", async (client) => {
      await client.query("set default_transaction_read_only = off");
      await client.query("alter system set default_transaction_read_only = on");
      await client.query("select pg_reload_conf()");
      await wait(forMs);
      await client.query("alter system reset default_transaction_read_only");
      await client.query("select pg_reload_conf()");
    });
  }

  /** Whatever is asked while it looks is cancelled, for so long. */
  async cancel(forMs: number): Promise<void> {
    await this.#within("chaos", async (client) => {
      for (const deadline = performance.now() + forMs; performance.now() < deadline; await wait(CANCEL_MS))
        await client.query(`select pg_cancel_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name like 'sparky%' and state <> 'idle'`);
    });
  }

  async #within(name: string, act: (client: Client) => Promise<void>): Promise<void> {
    const client = this.#client(name);
    try {
      await client.connect();
      await act(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  #client(name: string): Client {
    const client = new Client({ connectionString: this.url, application_name: name });
    client.on("error", () => {});
    return client;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#cluster[Symbol.asyncDispose]();
  }
}
