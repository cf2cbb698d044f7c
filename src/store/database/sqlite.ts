import Database from "better-sqlite3";
import { Kysely } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import { draft, numbered, refused } from "./drafts.ts";
import type { Engine } from "./engine.ts";
import type { Schema } from "./schema.ts";
import { OneHandleDialect, OneHandleDriver } from "./sqlite-driver.ts";
import { explainSqlite, lockedFile } from "./sqlite-failures.ts";
import { isBusy, Patience } from "./sqlite-patience.ts";
import type { Append, Numbered } from "./store.ts";
import { translated, translating, type Translate } from "./translated.ts";

/** Below it a WAL that two processes use can be corrupted. */
const OLDEST_SQLITE = [3, 51, 3];

/**
 * SQLite's own wait for a lock would block the whole process, so there is none. The cache, in KB (negative), is half of the
 * default: what it does not hold the operating system's does. A schema calls only what is harmless, whoever wrote it.
 */
const PRAGMAS = {
  journal_mode: "wal",
  synchronous: 2,
  busy_timeout: 0,
  foreign_keys: 1,
  cache_size: -8000,
  trusted_schema: 0,
} as const;

/** The process's one handle on a file; every write goes through the driver's lock on it. */
export async function openSqlite(file: string, patienceMs?: number): Promise<Engine> {
  const patience = new Patience(() => lockedFile(file), patienceMs);
  const handle = await patience.wait(async () => openHandle(file));
  const driver = new OneHandleDriver(handle, patience);
  const translate: Translate = (error) => explainSqlite(error, file);
  const db = new Kysely<Schema>({ dialect: translated(new OneHandleDialect(driver), translate) });
  const [member, release] = [handle.prepare("savepoint member"), handle.prepare("release member")];
  // Prepared on first use: the tables may not exist before the migrations.
  let statements: ReturnType<typeof prepareAppend> | undefined;
  const appendNow = (append: Append, now: number): Numbered => {
    statements ??= prepareAppend(handle);
    return statements(append, now);
  };
  const appendAlone = (append: Append, now: number): Numbered | Error => {
    member.run();
    try {
      const placed = appendNow(append, now);
      release.run();
      return placed;
    } catch (error) {
      // Some failures, such as a full disk, take back the whole transaction.
      if (!handle.inTransaction) throw error;
      handle.exec("rollback to member; release member");
      return translate(error) as Error;
    }
  };
  const appendBatch = async (take: () => readonly Append[], now: number, waitedMs: number) => {
    let failed = false;
    const appendOrRefuse = (append: Append): Numbered | Error => {
      try {
        return appendNow(append, now);
      } catch (error) {
        // Refused before anything was written.
        if (error instanceof SparkyError) return error;
        failed = true;
        throw error;
      }
    };
    try {
      return await driver.transact(() => take().map(appendOrRefuse), waitedMs);
    } catch (error) {
      if (!failed) throw error;
    }
    // All of it was taken back: once more, each behind a savepoint, so that what cannot be written fails alone.
    return driver.transact(() => take().map((append) => appendAlone(append, now)), waitedMs);
  };
  return {
    kind: "sqlite",
    db,
    patienceMs: patience.patienceMs,
    appendIn: (_tx, appends, now) =>
      translating(translate, async () => appends.map((append) => appendNow(append, now))),
    appendBatch: (take, now, waitedMs) => translating(translate, () => appendBatch(take, now, waitedMs)),
    isRetryable: () => false,
    isLocked: () => false,
    limitLocks: async () => {},
    now: async () => null,
    closeIn: (ms) => patience.closeIn(ms),
    // Not Kysely's own: whoever asks after that is told so by the handle.
    close: async () => void handle.close(),
  };
}

/** Throws SQLite's own error while the file is locked. */
function openHandle(file: string): Database.Database {
  let handle: Database.Database | undefined;
  try {
    handle = new Database(file, { timeout: 0 });
    setUp(handle);
    return handle;
  } catch (cause) {
    handle?.close();
    if (cause instanceof SparkyError || isBusy(cause)) throw cause;
    throw new SparkyError("unavailable", `cannot open the database ${file}: ${(cause as Error).message}`, {
      cause,
      hint: "check that the folder exists, is writable, and that the file is a Sparky database",
    });
  }
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
    // First: what cannot be made into a row must not have taken a place.
    const drafts = events.map((event) => draft(event, now));
    const row =
      fence === undefined
        ? take.get(events.length, now, chatId)
        : takeFenced.get(events.length, now, chatId, fence.runId, fence.lease);
    if (row === undefined) throw refused(append);
    drafts.forEach(({ event, atMs, body }, i) => {
      const seq = row.head - drafts.length + 1 + i;
      insert.run(chatId, seq, event.type, atMs, event.runId, event.taskId, body);
    });
    return numbered(chatId, drafts, row.head);
  };
}
