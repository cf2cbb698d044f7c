import Database from "better-sqlite3";
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteDialectConfig,
} from "kysely";
import { SparkyError } from "../../core/errors.ts";
import { draft, numbered, refused } from "./drafts.ts";
import type { Engine } from "./engine.ts";
import { SoundSqliteCompiler } from "./sound-values.ts";
import type { Schema } from "./schema.ts";
import type { Append, Numbered } from "./store.ts";
import { translated, translating } from "./translated.ts";

/** Below it a WAL that two processes use can be corrupted. */
const OLDEST_SQLITE = [3, 51, 3];

/**
 * The cache, in KB (negative), is half of the default: what it does not hold the operating system's does. A schema calls only
 * what is harmless, whoever wrote it.
 */
const PRAGMAS = {
  journal_mode: "wal",
  synchronous: 2,
  busy_timeout: 5000,
  foreign_keys: 1,
  cache_size: -8000,
  trusted_schema: 0,
} as const;

const MAX_PREPARED = 500;

/** Writing transactions take the write lock at once, so that none fails in the middle for want of it. */
class ImmediateDriver extends SqliteDriver {
  readonly #inTransaction: () => boolean;
  constructor(config: SqliteDialectConfig, inTransaction: () => boolean) {
    super(config);
    this.#inTransaction = inTransaction;
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
  /** Some failures, such as a full disk, have taken it back already. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#inTransaction()) await super.rollbackTransaction(connection);
  }
}

class Dialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #inTransaction: () => boolean;
  constructor(config: SqliteDialectConfig, inTransaction: () => boolean) {
    super(config);
    this.#config = config;
    this.#inTransaction = inTransaction;
  }
  override createDriver(): ImmediateDriver {
    return new ImmediateDriver(this.#config, this.#inTransaction);
  }
  override createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }
  override createQueryCompiler(): SoundSqliteCompiler {
    return new SoundSqliteCompiler();
  }
}

/** The process's one handle on a file; every write goes through Kysely's lock on it. */
export function openSqlite(file: string): Engine {
  let handle: Database.Database;
  try {
    handle = new Database(file);
    setUp(handle);
  } catch (cause) {
    if (cause instanceof SparkyError) throw cause;
    throw new SparkyError("unavailable", `cannot open the database ${file}: ${(cause as Error).message}`, {
      cause,
      hint: "check that the folder exists, is writable, and that the file is a Sparky database",
    });
  }
  const dialect = new Dialect({ database: preparing(handle) }, () => handle.inTransaction);
  const db = new Kysely<Schema>({ dialect: translated(dialect, explained) });
  const [begin, member, release, commit] = [
    handle.prepare("begin immediate"),
    handle.prepare("savepoint member"),
    handle.prepare("release member"),
    handle.prepare("commit"),
  ];
  // Prepared on first use: the tables may not exist before the migrations.
  let statements: ReturnType<typeof prepareAppend> | undefined;
  const appendNow = (append: Append, now: number): Numbered => {
    statements ??= prepareAppend(handle);
    return statements(append, now);
  };
  return {
    kind: "sqlite",
    db,
    appendIn: (_tx, appends, now) =>
      translating(explained, async () => appends.map((append) => appendNow(append, now))),
    appendBatch: (batch, now) =>
      // Inside the lock, and synchronous: nothing else can come between `begin` and `commit`.
      db.connection().execute(() =>
        translating(explained, async () => {
          begin.run();
          try {
            const outcomes = batch.map((append) => {
              member.run();
              try {
                const placed = appendNow(append, now);
                release.run();
                return placed;
              } catch (error) {
                // Some failures, such as a full disk, take back the whole transaction.
                if (!handle.inTransaction) throw error;
                handle.exec("rollback to member; release member");
                return explained(error) as Error;
              }
            });
            commit.run();
            return outcomes;
          } catch (error) {
            if (handle.inTransaction) handle.exec("rollback");
            throw error;
          }
        }),
      ),
    isRetryable: () => false,
    now: async () => null,
    // Not Kysely's own: whoever asks after that is told so by the handle.
    close: async () => void handle.close(),
  };
}

/** The file, its locks, or the machine under it. */
const OUT_OF_SERVICE = /^SQLITE_(IOERR|BUSY|LOCKED|PROTOCOL|READONLY|CANTOPEN|PERM|AUTH|NOMEM|CORRUPT|NOTADB)/;

/** The translation of every failure on SQLite: see `translated`. */
function explained(error: unknown): unknown {
  if (error instanceof TypeError && /connection is not open/.test(error.message)) {
    return new SparkyError("unavailable", "the database is closed", { cause: error });
  }
  const code = error instanceof Database.SqliteError ? error.code : "";
  if (code === "SQLITE_FULL") {
    return new SparkyError("unavailable", "the disk is full: nothing can be stored", {
      cause: error,
      hint: "make room where SPARKY_HOME is; nothing that was confirmed is lost",
    });
  }
  if (!OUT_OF_SERVICE.test(code)) return error;
  const message = `the database file cannot be read or written: ${(error as Error).message}`;
  return new SparkyError("unavailable", message, { cause: error });
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

function setUp(handle: Database.Database): void {
  const version = handle.prepare<[], { v: string }>("select sqlite_version() as v").get()?.v ?? "0";
  const parts = version.split(".").map(Number);
  const difference = OLDEST_SQLITE.map((want, i) => (parts[i] ?? 0) - want).find((d) => d !== 0) ?? 0;
  if (difference < 0) throw new SparkyError("unavailable", `SQLite ${version} is too old: 3.51.3 is needed`);
  for (const [name, value] of Object.entries(PRAGMAS)) handle.pragma(`${name} = ${value}`);
  for (const [name, value] of Object.entries(PRAGMAS)) {
    const is: unknown = handle.pragma(name, { simple: true });
    if (is !== value) throw new SparkyError("unavailable", `SQLite has ${name}=${String(is)}, not ${value}`);
  }
}

function prepareAppend(handle: Database.Database): (append: Append, now: number) => Numbered {
  const take = handle.prepare<[number, number, string], { head: number }>(
    "update chats set head = head + ?, last_event_at = ? where id = ? and deleted_at is null returning head",
  );
  const takeFenced = handle.prepare<[number, number, string, string, number], { head: number }>(
    `update chats set head = head + ?, last_event_at = ?
       where id = ? and deleted_at is null and run_id = ? and run_lease = ? returning head`,
  );
  const insert = handle.prepare(
    "insert into events (chat_id, seq, type, at, run_id, task_id, body) values (?, ?, ?, ?, ?, ?, ?)",
  );
  return (append, now) => {
    const { chatId, events, fence } = append;
    const row =
      fence === undefined
        ? take.get(events.length, now, chatId)
        : takeFenced.get(events.length, now, chatId, fence.runId, fence.lease);
    if (row === undefined) throw refused(append);
    const drafts = events.map((event) => draft(event, now));
    drafts.forEach(({ event, atMs, body }, i) => {
      const seq = row.head - drafts.length + 1 + i;
      insert.run(chatId, seq, event.type, atMs, event.runId, event.taskId, body);
    });
    return numbered(chatId, drafts, row.head);
  };
}
