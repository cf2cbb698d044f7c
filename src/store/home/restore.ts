import { copyFileSync, existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import Database from "better-sqlite3";
import { SparkyError } from "../../core/errors.ts";
import { newId, type RandomBytes } from "../../core/ids.ts";
import { audit } from "../audit/audit.ts";
import { syncFile } from "../database/sync-file.ts";
import { copyFile, lookThrough, withoutRights, type LookedThrough } from "./copy.ts";
import { checkSchema, openFile } from "./database-file.ts";
import { lockedFile } from "../database/sqlite-failures.ts";
import { isBusy, Patience } from "../database/sqlite-patience.ts";
import { openStore } from "../open.ts";
import { withdrawAnswers } from "./rights.ts";

/** Puts a backup in the place of a SQLite database that nobody has open. */

export interface RestoreDeps {
  readonly random: RandomBytes;
  /** Milliseconds since the epoch; names what is kept. */
  readonly now: number;
  /** Called between the steps; for tests that look at what a crash there would leave. */
  readonly reached?: (step: string) => void;
}

/** A backup made ready beside the database: brought up to date, verified, with a new epoch. Nothing has changed yet. */
export interface Prepared extends Disposable {
  readonly bytes: number;
  readonly checked: LookedThrough["checked"];
  readonly findings: LookedThrough["findings"];
  readonly epoch: string;
  /**
   * Swaps, and returns where the old database is kept; null when there was none. Throws `unavailable`, with nothing
   * changed, while another program writes into it.
   */
  swap(): Promise<string | null>;
}

/**
 * History is cut, so the epoch is a new one: whoever follows a chat from before begins again. The caller holds the home's
 * lock until after the swap.
 */
export async function prepareRestore(backup: string, database: string, deps: RestoreDeps): Promise<Prepared> {
  const draft = `${database}.restoring`;
  const clear = (): void => ["", "-wal", "-shm"].forEach((suffix) => rmSync(draft + suffix, { force: true }));
  clear();
  try {
    await refuseForeign(backup);
    await copyFile(backup, draft);
    withoutRights(draft);
    deps.reached?.("copied");
    const epoch = newId(deps.random);
    await renew(draft, epoch, basename(backup));
    const { checked, findings } = await lookThrough(draft);
    syncFile(draft);
    deps.reached?.("verified");
    const bytes = statSync(draft).size;
    return { bytes, checked, findings, epoch, swap: () => swap(draft, database, deps), [Symbol.dispose]: clear };
  } catch (error) {
    clear();
    throw error;
  }
}

/** A schema that is not ours would act in the database that it becomes. It is looked at before anything of it runs. */
async function refuseForeign(backup: string): Promise<void> {
  await using file = await openFile(backup);
  checkSchema(file.schema, "older too");
  const [first, ...more] = await file.foreign();
  if (first === undefined) return;
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  const what = first.expected === "none" ? `it has ${first.what}` : `${first.what} is not as Sparky makes it`;
  throw new SparkyError("invalid_input", `${backup} has a schema that is not Sparky's: ${what}${others}`, {
    hint: "choose another backup; nothing was changed",
  });
}

async function renew(file: string, epoch: string, backup: string): Promise<void> {
  const store = await openStore({ kind: "sqlite", file });
  await store.transact(async (tx) => {
    await tx.db.updateTable("meta").set({ value: epoch }).where("key", "=", "epoch").execute();
    await withdrawAnswers(tx);
    const owner = await tx.db.selectFrom("user").select(["id", "name"]).where("role", "=", "owner").executeTakeFirst();
    if (owner !== undefined) audit(tx, owner, { kind: "backup.restored", thing: backup, via: "command" });
  });
  await store[Symbol.asyncDispose]();
  if (existsSync(`${file}-wal`)) {
    throw new SparkyError("unavailable", `${file} is open in another process`, { hint: "close it and try again" });
  }
}

async function swap(draft: string, database: string, { now, reached }: RestoreDeps): Promise<string | null> {
  let kept: string | null = null;
  if (existsSync(database)) {
    kept = `${database}.replaced-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
    await settleWal(database);
    linkOrCopy(database, kept);
    reached?.("kept");
    // Of a database that cannot be opened: its write-ahead log must not be taken for the new one's.
    for (const suffix of ["-wal", "-shm"]) {
      if (existsSync(database + suffix)) renameSync(database + suffix, kept + suffix);
    }
    syncFile(dirname(database));
    reached?.("set aside");
  }
  renameSync(draft, database);
  syncFile(dirname(database));
  reached?.("swapped");
  return kept;
}

/** Takes all that was committed into the file itself, which then needs no write-ahead log. */
async function settleWal(database: string): Promise<void> {
  if (!existsSync(`${database}-wal`)) return;
  await new Patience(() => lockedFile(database)).wait(async () => {
    try {
      // Whoever opens a damaged file to write takes its log away when closing it.
      withHandle(new Database(database, { readonly: true, timeout: 0 }), (handle) =>
        handle.prepare("select * from meta").all(),
      );
      withHandle(new Database(database, { timeout: 0 }), (handle) => {
        handle.exec("begin immediate; rollback");
        // Somebody who reads may keep a part of it in the log, which is then kept too.
        handle.pragma("wal_checkpoint(truncate)");
      });
    } catch (error) {
      // Too damaged to be opened: that may be why it is replaced. It is kept with its log as it is.
      if (isBusy(error)) throw error;
    }
  });
}

function withHandle(handle: Database.Database, act: (handle: Database.Database) => unknown): void {
  try {
    handle.pragma("trusted_schema = off");
    act(handle);
  } finally {
    handle.close();
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
    syncFile(to);
  }
}
