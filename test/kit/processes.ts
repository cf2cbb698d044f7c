import { readdir, readFile } from "node:fs/promises";

/** The command lines of all processes of this machine that hold this text. */
export async function processesWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(text));
}

let made = 0;
/** Seconds to sleep for, that no other process does. */
export const sleeperOf = (first: number): string => `${first}${process.pid}${made++}${Date.now() % 1_000_000}`;
