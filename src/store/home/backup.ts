import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { messageOf, SparkyError } from "../../core/errors.ts";
import { openFile, verifyFile } from "./database-file.ts";
import { nothingChecked, type Checked, type Finding } from "../verify/finding.ts";
import { MIGRATIONS } from "../database/migrate.ts";
import { dropRights } from "./rights.ts";
import { add } from "../verify/verify.ts";

/** A copy of a SQLite database as of one moment, made while a server may write on. */

export interface Backup {
  readonly file: string;
  readonly bytes: number;
  readonly checked: Checked;
  /** False: its schema is an older one, so that only the file itself could be checked. */
  readonly verified: boolean;
  /** What is wrong in the copy, and so in the database: the copy is kept all the same. */
  readonly findings: readonly Finding[];
}

const MAX_FINDINGS = 1000;

/**
 * Copies, opens the copy, verifies it, and only then gives it its name: a file of that name is a whole backup. Throws
 * `conflict` when there is one already. SQLite copies in one go, so this is for a process of its own, not for a server.
 */
export async function backupFile(source: string, target: string): Promise<Backup> {
  if (existsSync(target)) throw exists(target);
  const draft = `${target}.${process.pid}.part`;
  try {
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(source, draft);
    withoutRights(draft);
    const { verified, checked, findings } = await verifyWhole(draft);
    const broken = findings.find((finding) => finding.kind === "file");
    if (broken !== undefined) throw new SparkyError("unavailable", `the copy is damaged: ${broken.found}`);
    nameIt(draft, target);
    return { file: target, bytes: statSync(target).size, verified, checked, findings };
  } catch (cause) {
    if (cause instanceof SparkyError) throw cause;
    throw new SparkyError("unavailable", `cannot write the backup ${target}: ${messageOf(cause)}`, { cause });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Sessions, tokens and grants stay where they are in force. */
export function withoutRights(copy: string): void {
  const handle = new Database(copy);
  try {
    handle.pragma("trusted_schema = off");
    dropRights(handle);
  } finally {
    handle.close();
  }
  syncFile(copy);
}

/** Only its owner may read it, from the first byte on. */
export async function copyFile(source: string, target: string): Promise<void> {
  await using file = await openFile(source);
  rmSync(target, { force: true });
  closeSync(openSync(target, "wx", 0o600));
  await file.copyTo(target);
  syncFile(target);
}

export async function verifyWhole(path: string): Promise<Pick<Backup, "verified" | "checked" | "findings">> {
  await using file = await openFile(path);
  const checked = nothingChecked();
  if (file.schema < MIGRATIONS.length) {
    return { verified: false, checked, findings: [...(await file.integrity()), ...(await file.foreign())] };
  }
  const findings: Finding[] = [];
  for await (const page of verifyFile(file)) {
    add(checked, page.checked);
    findings.push(...page.findings.slice(0, MAX_FINDINGS - findings.length));
  }
  return { verified: true, checked, findings };
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

/** Files and folders: what was written before is on the disk when this returns. */
export function syncFile(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function exists(target: string): SparkyError {
  return new SparkyError("conflict", `${target} exists already`, { hint: "name another file" });
}
