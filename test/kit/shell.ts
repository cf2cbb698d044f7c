import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ARGUMENTS_FOLLOW } from "../../src/cli/console/process-io.ts";
import { homeState } from "../../src/store/home/lock.ts";
import { compiled } from "./compiled.ts";
import { tempHome } from "./temp-home.ts";

/** The whole program as processes: what a person's shell and scripts see. */

export const ENTRY = join(import.meta.dirname, "../../src/entry.ts");

export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once the output has this text, or has it so often, or fails when the process ends without it. */
  says(text: string, times?: number): Promise<void>;
}

export interface Shell {
  readonly home: string;
  start(args: readonly string[], env?: { readonly [name: string]: string }): Running;
  sparky(...args: string[]): Promise<Ended>;
  /** A line for /bin/sh, in which `$SPARKY` is the program. */
  script(line: string, env?: { readonly [name: string]: string }): Running;
}

/** A shell with a home of its own; whatever still runs when the test ends is killed. */
export async function shell(): Promise<Shell> {
  const home = await tempHome();
  const run = (program: string, args: readonly string[], env: { readonly [name: string]: string } = {}): Running => {
    const child = spawn(program, args, {
      env: { PATH: process.env["PATH"], HOME: home, SPARKY_HOME: home, SPARKY_PORT: "0", ...compiled(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += String(data)));
    child.stderr.on("data", (data) => (stderr += String(data)));
    const ended = once(child, "close").then(([code]): Ended => ({ exit: Number(code ?? Number.NaN), stdout, stderr }));
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    return {
      child,
      ended,
      says: (text, times = 1) =>
        new Promise((resolve, reject) => {
          const look = (): void => void ((stdout + stderr).split(text).length > times && resolve());
          child.stdout.on("data", look);
          child.stderr.on("data", look);
          look();
          void ended.then((end) => reject(new Error(`it ended without saying ${text}: ${JSON.stringify(end)}`)));
        }),
    };
  };
  onTestFinished(async () => {
    const state = homeState(home);
    if (!state.held || state.pid === undefined) return;
    process.kill(state.pid, "SIGKILL");
    while (homeState(home).held) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  const start: Shell["start"] = (args, env) => run(process.execPath, [ENTRY, ARGUMENTS_FOLLOW, ...args], env);
  const script: Shell["script"] = (line, env) =>
    run("/bin/sh", ["-c", line], { SPARKY: `${process.execPath} ${ENTRY} ${ARGUMENTS_FOLLOW}`, ...env });
  return { home, start, script, sparky: (...args) => start(args).ended };
}
