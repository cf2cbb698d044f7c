import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { SparkyError } from "../../core/errors.ts";

/**
 * The home's lock: a write lock on a small SQLite file, which the system drops with its process, however that ends. A
 * reader can still see who holds it.
 */

const SQLITE_BUSY = "SQLITE_BUSY";

/** Whoever only looks holds the lock for a moment: so long is it waited for. */
const ACQUIRE_MS = 300;
/** Two who look at the same moment must not take each other for the holder. */
const LOOK_MS = 20;

export interface HomeLock extends Disposable {
  readonly home: string;
}

/** Throws `conflict`, naming the process, while another one holds it. */
export function lockHome(home: string): HomeLock {
  const handle = new Database(join(home, "lock"), { timeout: ACQUIRE_MS });
  try {
    handle.exec("create table if not exists holder (one integer primary key check (one = 1), pid integer not null)");
    const name = handle.prepare("insert into holder values (1, ?) on conflict (one) do update set pid = excluded.pid");
    // Another may put its name there between ours and the lock; whoever holds the lock must be the one who is named.
    for (;;) {
      name.run(process.pid);
      handle.exec("begin immediate");
      if (holder(handle).pid === process.pid) break;
      handle.exec("rollback");
    }
  } catch (error) {
    handle.close();
    if (!isBusy(error)) throw error;
    const { pid } = homeState(home);
    throw new SparkyError("conflict", `${pid === undefined ? "another process" : `process ${pid}`} is using ${home}`, {
      cause: error,
      hint: "stop it with: sparky chat stop",
    });
  }
  return { home, [Symbol.dispose]: () => void handle.close() };
}

/** Who holds the home, by its lock and not by any file's word. */
export function homeState(home: string): { readonly held: boolean; readonly pid?: number } {
  const path = join(home, "lock");
  if (!existsSync(path)) return { held: false };
  const handle = new Database(path, { timeout: LOOK_MS });
  try {
    handle.exec("begin immediate; rollback");
    return { held: false };
  } catch (error) {
    if (!isBusy(error)) throw error;
    return { held: true, ...holder(handle) };
  } finally {
    handle.close();
  }
}

/** Nothing while the holder is just writing itself down. */
function holder(handle: Database.Database): { readonly pid?: number } {
  try {
    const row = handle.prepare<[], { pid: number }>("select pid from holder").get();
    return row === undefined ? {} : { pid: row.pid };
  } catch {
    return {};
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith(SQLITE_BUSY);
}
