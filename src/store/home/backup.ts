import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemClock } from "../../core/clock.ts";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import { syncFile } from "../database/sync-file.ts";
import { copyFile, lookThrough, withoutRights, type LookedThrough } from "./copy.ts";
import { prepareRestore } from "./restore.ts";
import type { Checked, Finding } from "../verify/finding.ts";

/** A copy of a SQLite database as of one moment, made while a server may write on. */

export interface Backup {
  readonly file: string;
  readonly bytes: number;
  readonly checked: Checked;
  /** It restores: that was tried, up to the swap, and nothing is wrong with what came of it. */
  readonly verified: boolean;
  /** What is wrong in the copy, and so in the database, or why it does not restore: the copy is kept all the same. */
  readonly findings: readonly Finding[];
}

/**
 * Copies, looks the copy through, restores it on trial, and only then gives it its name: a file of that name is a whole backup. Throws
 * `conflict` when there is one already. SQLite copies in one go, so this is for a process of its own, not for a server.
 */
export async function backupFile(source: string, target: string): Promise<Backup> {
  if (existsSync(target)) throw exists(target);
  const draft = `${target}.${process.pid}.part`;
  try {
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(source, draft);
    withoutRights(draft);
    const found = await lookThrough(draft);
    const broken = found.findings.find((finding) => finding.kind === "file");
    if (broken !== undefined) throw new SparkyError("unavailable", `the copy is damaged: ${broken.found}`);
    const { verified, checked, findings } =
      found.findings.length > 0 ? { ...found, verified: false } : await tried(draft, found);
    nameIt(draft, target);
    return { file: target, bytes: statSync(target).size, verified, checked, findings };
  } catch (cause) {
    if (cause instanceof SparkyError) throw cause;
    throw new SparkyError("unavailable", `cannot write the backup ${target}: ${messageOf(cause)}`, { cause });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Restores the backup beside itself, as `db restore` would do, and takes the trial away again. */
async function tried(draft: string, found: LookedThrough): Promise<Pick<Backup, "verified" | "checked" | "findings">> {
  const folder = mkdtempSync(`${draft}-trial-`);
  try {
    const deps = { random: (n: number) => randomBytes(n), now: systemClock.now() };
    using trial = await prepareRestore(draft, join(folder, "sparky.db"), deps);
    const { findings } = trial;
    return { verified: findings.length === 0, checked: found.whole ? found.checked : trial.checked, findings };
  } catch (error) {
    // A full disk says nothing about the backup.
    if (isSparkyError(error, "unavailable") || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    const what = { kind: "restore", what: "the backup", expected: "one that can be restored" } as const;
    return {
      verified: false,
      checked: found.checked,
      findings: [{ ...what, chatId: null, seq: null, found: messageOf(error) }],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Unlike a rename, a link never takes the place of a file that came meanwhile. */
function nameIt(draft: string, target: string): void {
  try {
    linkSync(draft, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw exists(target);
    // Some file systems know no links.
    renameSync(draft, target);
  }
  syncFile(dirname(target));
}

function exists(target: string): SparkyError {
  return new SparkyError("conflict", `${target} exists already`, { hint: "name another file" });
}
