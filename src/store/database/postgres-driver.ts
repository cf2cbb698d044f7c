import {
  CompiledQuery,
  PostgresDialect,
  PostgresDriver,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from "kysely";
import type { Pool, PoolClient, QueryResult as Answer } from "pg";
import { endsConnection } from "./postgres-failures.ts";
import { SoundPostgresCompiler } from "./sound-values.ts";

/** Kysely over a pool of ours. */
export class PooledDialect extends PostgresDialect {
  readonly #pool: Pool;
  readonly #planned: ReadonlyMap<string, string>;

  /** `planned`: names of statements, by their text, that each connection plans only once. */
  constructor(pool: Pool, planned: ReadonlyMap<string, string>) {
    super({ pool });
    this.#pool = pool;
    this.#planned = planned;
  }

  override createDriver(): Driver {
    return new PooledDriver(this.#pool, this.#planned);
  }

  override createQueryCompiler(): SoundPostgresCompiler {
    return new SoundPostgresCompiler();
  }
}

class PooledDriver extends PostgresDriver {
  readonly #pool: Pool;
  readonly #planned: ReadonlyMap<string, string>;

  constructor(pool: Pool, planned: ReadonlyMap<string, string>) {
    super({ pool });
    this.#pool = pool;
    this.#planned = planned;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PooledConnection(await this.#pool.connect(), this.#planned);
  }

  /** What it may have left behind is nobody's to find: such a connection does not go back to the pool. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw("rollback"));
    } catch (error) {
      (connection as PooledConnection).broken = true;
      throw error;
    }
  }

  override async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as PooledConnection).release();
  }
}

class PooledConnection implements DatabaseConnection {
  broken = false;
  readonly #client: PoolClient;
  readonly #planned: ReadonlyMap<string, string>;

  constructor(client: PoolClient, planned: ReadonlyMap<string, string>) {
    this.#client = client;
    this.#planned = planned;
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#ask(text, [...parameters]);
    // So Kysely sees whether a commit was one.
    if (command === "COMMIT" || command === "ROLLBACK") return { rows: [{ command }] as R[] };
    return command === "SELECT" ? { rows } : { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  }

  async #ask(text: string, values: unknown[]): Promise<Answer> {
    const name = this.#planned.get(text);
    try {
      return await this.#client.query(name === undefined ? { text, values } : { name, text, values });
    } catch (error) {
      this.broken ||= endsConnection(error);
      throw error;
    }
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("PostgreSQL is not read as a stream");
  }

  release(): void {
    this.#client.release(this.broken);
  }
}
