import { statSync } from "node:fs";
import { join } from "node:path";
import { readNamedFile } from "../../named-file.ts";
import { writersOf } from "../database/sqlite-holder.ts";

/**
 * The process of the server that runs on the home, where that can be told in no time: it has written itself down, and the
 * system says that it holds the home's lock. null says nothing: the lock itself does (`homeState`).
 */
export function servedBy(home: string): number | null {
  const pid = writtenDown(home);
  return pid !== null && writersOf(join(home, "lock")).includes(pid) && isOwn(pid) ? pid : null;
}

/** A server writes itself down as soon as it answers, and takes that back when it begins to stop. */
export function writtenDown(home: string): number | null {
  try {
    const file: unknown = JSON.parse(readNamedFile(join(home, "server.json")));
    const pid = (file as { readonly pid?: unknown } | null)?.pid;
    return typeof pid === "number" ? pid : null;
  } catch {
    return null;
  }
}

/** Files of another disk may have the same number: what somebody else locks does not count. */
function isOwn(pid: number): boolean {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.();
}
