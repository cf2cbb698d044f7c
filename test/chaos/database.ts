import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { type PostgresCluster, startPostgres } from "../kit/postgres-cluster.ts";

const AGAIN_MS = 200;
/** Only ends a hang. */
const PATIENCE_MS = 60_000;

/** The one PostgreSQL that all nodes share, and what befalls it. */
export class Database implements AsyncDisposable {
  readonly #cluster: PostgresCluster;

  private constructor(cluster: PostgresCluster) {
    this.#cluster = cluster;
  }

  static async start(): Promise<Database> {
    return new Database(await startPostgres());
  }

  /** As nobody but the run itself uses it: past every proxy. */
  get url(): string {
    return this.#cluster.url;
  }

  /** Asks by a connection of its own, again and again until it is answered. */
  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    for (const deadline = performance.now() + PATIENCE_MS; ; await wait(AGAIN_MS)) {
      const client = new Client({ connectionString: this.url, application_name: "chaos" });
      client.on("error", () => {});
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

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#cluster[Symbol.asyncDispose]();
  }
}
