import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";

/** Files on which SQLite takes its locks: the write lock of a WAL lies in the second. */
const LOCKED_FILES = ["", "-shm"];

/** The process that keeps others from a SQLite file just now, in words; as far as the system tells. */
export function lockHolder(file: string): string {
  const pid = writersOf(file).find((each) => each !== process.pid);
  if (pid === undefined) return "another program";
  const command = commandOf(pid);
  return command === null ? `process ${pid}` : `process ${pid} (${command})`;
}

/** Linux lists the locks of all processes that this one may see: `1: POSIX ADVISORY WRITE 4711 fe:00:1234 120 120`. */
export function writersOf(file: string): number[] {
  try {
    const inodes = LOCKED_FILES.map((suffix) => statSync(file + suffix, { throwIfNoEntry: false })?.ino);
    return readFileSync("/proc/locks", "utf8")
      .split("\n")
      .map((line) => /^\d+: POSIX +\S+ +WRITE +(\d+) +\S+:(\d+) /.exec(line))
      .flatMap((match) => (match !== null && inodes.includes(Number(match[2])) ? [Number(match[1])] : []));
  } catch {
    return [];
  }
}

/** Its program's name, without arguments: they may hold secrets. */
function commandOf(pid: number): string | null {
  try {
    const [program = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return basename(program).replaceAll(/[^\x20-\x7e]/g, "?") || null;
  } catch {
    return null;
  }
}
