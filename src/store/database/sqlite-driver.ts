import type Database from "better-sqlite3";
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type QueryResult,
  type SqliteDatabase,
  type TransactionSettings,
} from "kysely";
import { SoundSqliteCompiler } from "./sound-values.ts";
import { isBusy, type Patience } from "./sqlite-patience.ts";

const MAX_PREPARED = 500;

/**
 * One handle, and one lock on it. The lock is ours and not Kysely's, since it must be given up while another program's
 * lock on the file is waited for: what can be done meanwhile, such as reading, goes on.
 */
export class OneHandleDriver extends SqliteDriver {
  readonly #handle: Database.Database;
  readonly #patience: Patience;
  readonly #lock = new Lock();
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  #connection: DatabaseConnection | undefined;

  constructor(handle: Database.Database, patience: Patience) {
    super({ database: preparing(handle) });
    this.#handle = handle;
    this.#patience = patience;
    this.#begin = handle.prepare("begin immediate");
    this.#commit = handle.prepare("commit");
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= this.#patient(await super.acquireConnection());
    await this.#lock.take();
    return this.#connection;
  }

  override async releaseConnection(): Promise<void> {
    this.#lock.give();
  }

  /** One that writes takes the write lock at once, so that it does not fail in the middle for want of it. */
  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    const reads = settings?.accessMode === "read only" || this.#handle.readonly;
    await connection.executeQuery(CompiledQuery.raw(reads ? "begin" : "begin immediate"));
  }

  /** Some failures, such as a full disk, have taken it back already. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#handle.inTransaction) await super.rollbackTransaction(connection);
  }

  /** One transaction whose body is synchronous, with the fewest steps. `waitedMs` as in `Patience.wait`. */
  async transact<T>(body: () => T, waitedMs: number): Promise<T> {
    await this.#lock.take();
    try {
      await this.#patiently(async () => this.#begin.run(), waitedMs);
      try {
        const made = body();
        this.#commit.run();
        return made;
      } catch (error) {
        if (this.#handle.inTransaction) this.#handle.exec("rollback");
        throw error;
      }
    } finally {
      this.#lock.give();
    }
  }

  #patient(plain: DatabaseConnection): DatabaseConnection {
    return {
      executeQuery: <R>(query: CompiledQuery) =>
        this.#patiently((): Promise<QueryResult<R>> => plain.executeQuery(query)),
      streamQuery: (query, chunkSize) => plain.streamQuery(query, chunkSize),
    };
  }

  /** Called, and left, with the lock taken. */
  async #patiently<T>(act: () => Promise<T>, waitedMs = 0): Promise<T> {
    try {
      return await act();
    } catch (error) {
      // Within a transaction nobody else may be let in between.
      if (!isBusy(error) || this.#handle.inTransaction) throw error;
    }
    this.#lock.give();
    let held = false;
    try {
      return await this.#patience.wait(async () => {
        await this.#lock.take();
        try {
          held = true;
          return await act();
        } catch (error) {
          this.#lock.give();
          held = false;
          throw error;
        }
      }, waitedMs);
    } finally {
      if (!held) await this.#lock.take();
    }
  }
}

export class OneHandleDialect extends SqliteDialect {
  readonly #driver: OneHandleDriver;
  constructor(driver: OneHandleDriver) {
    super({ database: () => Promise.reject(new Error("the driver has its own")) });
    this.#driver = driver;
  }
  override createDriver(): SqliteDriver {
    return this.#driver;
  }
  override createAdapter(): SqliteAdapter {
    return new LockingAdapter();
  }
  override createQueryCompiler(): SoundSqliteCompiler {
    return new SoundSqliteCompiler();
  }
}

/** To Kysely, connections may be asked for side by side: the driver lets one go on at a time. */
class LockingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** First come, first served. */
class Lock {
  #taken = false;
  readonly #line: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.#taken) return new Promise((resolve) => this.#line.push(resolve));
    this.#taken = true;
  }

  give(): void {
    const next = this.#line.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}

/** Keeps what was prepared: compiling a statement takes longer than running it. Nothing here iterates over one. */
function preparing(handle: Database.Database): SqliteDatabase {
  const known = new Map<string, Database.Statement>();
  return {
    prepare(text) {
      let statement = known.get(text);
      if (statement === undefined) {
        // Lists of different lengths are different texts.
        if (known.size >= MAX_PREPARED) known.clear();
        known.set(text, (statement = handle.prepare(text)));
      }
      return statement;
    },
    close: () => void handle.close(),
  };
}
