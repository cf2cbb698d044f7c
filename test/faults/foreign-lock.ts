import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Hold } from "./foreign-lock-child.ts";

const CHILD = fileURLToPath(new URL("./foreign-lock-child.ts", import.meta.url));

export interface ForeignLock {
  readonly pid: number;
  /** Lets go; resolves when the other program has ended. */
  release(): Promise<void>;
}

/** Another process that holds this of a SQLite file until it is told to let go; ended with the test. */
export async function foreignLock(file: string, hold: Hold): Promise<ForeignLock> {
  const child = spawn(process.execPath, [CHILD, file, hold], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  const [said] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  if (said !== "held" || child.pid === undefined) throw new Error(`the other program said ${said}`);
  return {
    pid: child.pid,
    async release() {
      child.stdin.write("go\n");
      await gone;
    },
  };
}
