import { closeSync, openSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { openFile, verifyFile } from "./database-file.ts";
import { nothingChecked, type Checked, type Finding } from "../verify/finding.ts";
import { MIGRATIONS } from "../database/migrate.ts";
import { dropRights } from "./rights.ts";
import { add } from "../verify/verify.ts";
import { syncFile } from "../database/sync-file.ts";

/** What backups and restores have in common: a copy of a SQLite database, without its rights, looked through. */

const MAX_FINDINGS = 1000;

export interface LookedThrough {
  readonly checked: Checked;
  readonly findings: readonly Finding[];
  /** False: its schema is an older one, so that only the file itself could be checked. */
  readonly whole: boolean;
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

export async function lookThrough(path: string): Promise<LookedThrough> {
  await using file = await openFile(path);
  const checked = nothingChecked();
  if (file.schema < MIGRATIONS.length) {
    return { whole: false, checked, findings: [...(await file.integrity()), ...(await file.foreign())] };
  }
  const findings: Finding[] = [];
  for await (const page of verifyFile(file)) {
    add(checked, page.checked);
    findings.push(...page.findings.slice(0, MAX_FINDINGS - findings.length));
  }
  return { whole: true, checked, findings };
}
