import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { explainSqlite } from "../database/sqlite-failures.ts";
import { processPlace } from "./process-place.ts";
import { writtenDown } from "./served.ts";
import { isBusy } from "../database/sqlite-patience.ts";

/**
 * The home's lock: a write lock on a small SQLite file, which the system drops with its process, however that ends. A
 * reader can still see who holds it.
 */

/** Whoever only looks holds the lock for a moment: so long is it waited for. */
const ACQUIRE_MS = 300;
/** Two who look at the same moment must not take each other for the holder. */
const LOOK_MS = 20;
/** A command holds a home for less, even on a busy machine, and whoever starts or stops a server is through with it. */
const PATIENCE_MS = 15_000;
const AGAIN_MS = 50;

export interface HomeLock extends Disposable {
  readonly home: string;
}

/**
 * Waits for whoever holds the home for a moment, as commands do: of many in a row for each one's time. Throws `conflict` for
 * a server that runs on it, and for a process that does not let go.
 */
export async function takeHome(home: string, patienceMs = PATIENCE_MS): Promise<HomeLock> {
  let holder: number | undefined;
  let since = performance.now();
  for (;;) {
    try {
      return lockHome(home);
    } catch (error) {
      if (!isSparkyError(error, "conflict")) throw error;
      const { pid } = homeState(home);
      if (pid !== holder) [holder, since] = [pid, performance.now()];
      if ((pid !== undefined && writtenDown(home) === pid) || performance.now() - since >= patienceMs) throw error;
    }
    await pause(AGAIN_MS);
  }
}

/** Throws `conflict`, naming the process, while another one holds it. */
export function lockHome(home: string): HomeLock {
  const path = join(home, "lock");
  const handle = new Database(path, { timeout: ACQUIRE_MS });
  try {
    handle.exec("create table if not exists holder (one integer primary key check (one = 1), pid integer not null)");
    handle.exec("create table if not exists place (one integer primary key check (one = 1), pid integer, place text)");
    const name = handle.prepare("insert into holder values (1, ?) on conflict (one) do update set pid = excluded.pid");
    const place = handle.prepare("insert or replace into place values (1, ?, ?)");
    // Another may put its name there between ours and the lock; whoever holds the lock must be the one who is named.
    const here = processPlace();
    for (;;) {
      name.run(process.pid);
      place.run(process.pid, here);
      handle.exec("begin immediate");
      if (holder(handle).pid === process.pid && placeOf(handle, process.pid) === here) break;
      handle.exec("rollback");
    }
  } catch (error) {
    handle.close();
    throw isBusy(error) ? held(home, error) : explainSqlite(error, path);
  }
  return { home, [Symbol.dispose]: () => void handle.close() };
}

function held(home: string, cause: unknown): SparkyError {
  const { pid, elsewhere } = homeState(home);
  if (elsewhere === true) {
    const who = "a process in another container, or on another machine,";
    return new SparkyError("conflict", `${who} is using ${home}`, { cause, hint: "stop it there: sparky chat stop" });
  }
  const [who, end] = pid === undefined ? ["another process", ""] : [`process ${pid}`, `, or end it: kill ${pid}`];
  const hint = pid !== undefined && writtenDown(home) === pid ? "stop it with: sparky chat stop" : `wait for it${end}`;
  return new SparkyError("conflict", `${who} is using ${home}`, { cause, hint });
}

export interface HomeState {
  readonly held: boolean;
  /** As far as it is known, and only where it means that process: see `elsewhere`. */
  readonly pid?: number;
  /** Its number means another process here: it runs in another container, or on another machine. */
  readonly elsewhere?: true;
}

/** Who holds the home, by its lock and not by any file's word. */
export function homeState(home: string): HomeState {
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

/** Nothing while the holder is just writing itself down. An older version writes its number alone, which is believed. */
function holder(handle: Database.Database): Pick<HomeState, "pid" | "elsewhere"> {
  try {
    const row = handle.prepare<[], { pid: number }>("select pid from holder").get();
    if (row === undefined) return {};
    const place = placeOf(handle, row.pid);
    const here = processPlace();
    return place === null || here === null || place === here ? { pid: row.pid } : { elsewhere: true };
  } catch {
    return {};
  }
}

function placeOf(handle: Database.Database, pid: number): string | null {
  try {
    const row = handle.prepare<[number], { place: string | null }>("select place from place where pid = ?").get(pid);
    return row?.place ?? null;
  } catch {
    return null;
  }
}
