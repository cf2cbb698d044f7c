import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
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

export interface Leftover {
  readonly pgid: number;
  /** The leader's. */
  readonly started: string;
  readonly mark: string | null;
}

/** Ends what a crash left of a group, if its leader is still the same process, and what has left the group since. */
export async function endLeftover({ pgid, started, mark }: Leftover): Promise<void> {
  if (startOf(pgid) === started) signalGroup(pgid, "SIGKILL");
  if (mark !== null) await endMarked(mark);
}

/** What a shell does first: it waits for a line. When memory runs out, what comes after is ended before the server is. */
export const HELD = "read -r _ || exit 1; { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; ";

/** In the environment of everything that a call starts; with a random value of the call's own. */
export const MARK = "SPARKY_CALL_MARK";
/** What is found may just have started another: it is looked for again, so often. */
const LOOKS = 5;

/** Ends what left its call's group, as by `setsid`: it still has the mark that it was born with. Linux. */
export async function endMarked(mark: string): Promise<void> {
  for (let look = 0; look < LOOKS && process.platform === "linux"; look++) {
    const found = await marked(`${MARK}=${mark}`);
    for (const pid of found) kill(pid);
    if (found.length === 0) return;
  }
}

async function marked(setting: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Gone meanwhile, or another user's.
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(setting) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
