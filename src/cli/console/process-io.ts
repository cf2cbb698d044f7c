import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { isatty } from "node:tty";
import type { Child, Io, SpawnOptions } from "./io.ts";
import { errorSink, outputSink } from "./sink.ts";

/** Without it Node reads a `--env-file` among the program's own arguments as one for itself, and fails where it is missing. */
export const ARGUMENTS_FOLLOW = "--";

/** The real process. Signals keep their usual effect until a command takes them. */
export function processIo(process: NodeJS.Process, env: NodeJS.ProcessEnv): Io {
  return {
    stdout: outputSink(process.stdout),
    stderr: errorSink(process.stderr),
    stdinIsTerminal: isatty(0),
    async ask(question) {
      const { createInterface } = await import("node:readline/promises");
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    askSecret: async (question) => (await import("./ask-secret.ts")).askSecret(process, question),
    readInput: async () => (await import("node:stream/consumers")).text(process.stdin),
    openTerminal: async () => (await import("./terminal-device.ts")).openTerminal(process),
    env,
    pid: process.pid,
    platform: process.platform,
    now: () => Date.now(),
    sleep,
    onSignal(signal, fn) {
      process.on(signal, fn);
      return () => void process.off(signal, fn);
    },
    kill(pid, signal) {
      try {
        return process.kill(pid, signal);
      } catch {
        return false;
      }
    },
    exitNow: (code) => process.exit(code),
    spawnSelf(args, options) {
      const [, script = ""] = process.argv;
      return startChild(process.execPath, [...process.execArgv, script, ARGUMENTS_FOLLOW, ...args], env, options);
    },
    launch,
    report:
      process.send === undefined
        ? undefined
        : // The one that listens may be gone.
          (message) => void (process.connected && process.send?.(message, undefined, {}, () => {})),
  };
}

/** Few commands start another program. */
const childProcess = (): typeof import("node:child_process") => process.getBuiltinModule("node:child_process");

/** Resolves after `ms`, or as soon as the signal aborts. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

function startChild(program: string, args: readonly string[], env: NodeJS.ProcessEnv, options: SpawnOptions): Child {
  const inherit = options.output === "inherit";
  const log = options.output === "inherit" ? null : openSync(options.output.file, "a", 0o600);
  const child = childProcess().spawn(program, args, {
    env: { ...env, ...options.env },
    detached: !inherit,
    stdio: log === null ? "inherit" : ["ignore", log, log, "ipc"],
  });
  if (log !== null) closeSync(log);
  return {
    pid: child.pid ?? 0,
    exited: exitOf(child),
    reported: new Promise((resolve) => void child.once("message", resolve)),
    kill: (signal) => void child.kill(signal),
    release() {
      if (child.connected) child.disconnect();
      child.unref();
    },
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(1));
  });
}

function launch(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = childProcess().spawn(program, args, { detached: true, stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
