import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";

/** Process groups of calls: each is known by its number and by when its leader started, for numbers are used again. */

/** The leader's start, in the system's own measure; null when there is no such process. */
export function startOf(pid: number): string | null {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
    }
    // Field 22 of proc(5) stat; the name before it may hold anything, so counting starts behind its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** Signals a whole group. No error: that it is gone, or that it became another user's, as `sudo` does. */
export function signalGroup(pgid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pgid, signal);
  } catch (error) {
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Ends what a crash left of a group, if its leader is still the same process. */
export function endLeftover(pgid: number, started: string): void {
  if (startOf(pgid) === started) signalGroup(pgid, "SIGKILL");
}
