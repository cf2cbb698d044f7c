import {
  CompiledQuery,
  PostgresDialect,
  PostgresDriver,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { PoolClient, QueryResult as Answer } from "pg";
import { endsConnection } from "./postgres-failures.ts";
import type { Connections } from "./postgres-pool.ts";
import { SoundPostgresCompiler } from "./sound-values.ts";
import { queriesOf } from "./together.ts";

/** Kysely wants a pool of its own; ours gives the connections instead. */
const UNUSED = { pool: () => Promise.reject(new Error("the driver has its own")) };

/** Kysely over connections of ours. */
export class PooledDialect extends PostgresDialect {
  readonly #connections: Connections;
  readonly #planned: ReadonlyMap<string, string>;

  /** `planned`: names of statements, by their text, that each connection plans only once. */
  constructor(connections: Connections, planned: ReadonlyMap<string, string>) {
    super(UNUSED);
    this.#connections = connections;
    this.#planned = planned;
  }

  override createDriver(): Driver {
    return new PooledDriver(this.#connections, this.#planned);
  }

  override createQueryCompiler(): SoundPostgresCompiler {
    return new SoundPostgresCompiler();
  }
}

class PooledDriver extends PostgresDriver {
  readonly #connections: Connections;
  readonly #planned: ReadonlyMap<string, string>;

  constructor(connections: Connections, planned: ReadonlyMap<string, string>) {
    super(UNUSED);
    this.#connections = connections;
    this.#planned = planned;
  }

  override async init(): Promise<void> {}

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PooledConnection(await this.#connections.connect(), this.#planned);
  }

  /** Goes out together with the transaction's first question, so that it costs no way to the server and back. */
  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const { isolationLevel, accessMode } = settings;
    const isolation = isolationLevel === undefined ? "" : ` isolation level ${isolationLevel}`;
    (connection as PooledConnection).begin(`begin${isolation} ${accessMode ?? ""}`);
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

/** Changes nothing by itself, so that it may be on its way before it is known that the transaction has begun. */
const HARMLESS = /^select /i;

class PooledConnection implements DatabaseConnection {
  broken = false;
  #begun: Promise<unknown> | undefined;
  readonly #client: PoolClient;
  readonly #planned: ReadonlyMap<string, string>;

  constructor(client: PoolClient, planned: ReadonlyMap<string, string>) {
    this.#client = client;
    this.#planned = planned;
  }

  begin(text: string): void {
    this.#beginWith(this.#ask(text, []));
  }

  #beginWith(begun: Promise<unknown>): void {
    this.#begun = begun;
    // One that failed is told to whoever asks next, and spoils the connection.
    begun.then(
      () => {
        if (this.#begun === begun) this.#begun = undefined;
      },
      () => {},
    );
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (/^set local /i.test(query.sql) && this.#begun !== undefined) {
      this.#beginWith(Promise.all([this.#begun, this.#ask(query.sql, [])]));
      return { rows: [] };
    }
    const batch = queriesOf(query);
    const queries = batch ?? [query];
    const begun = this.#begun;
    if (begun !== undefined && !queries.every(({ sql: text }) => HARMLESS.test(text))) await begun;
    const [, ...answers] = await Promise.all([
      begun,
      ...queries.map(({ sql: text, parameters }) => this.#ask(text, [...parameters])),
    ]);
    if (batch !== undefined) return { rows: answers.map(({ rows }) => rows) as R[] };
    const { command, rowCount, rows } = answers[0] as Answer;
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
