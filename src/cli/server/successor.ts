import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../console/failure.ts";
import {
  DAEMON_VARIABLE,
  EXIT,
  NOHUP_VARIABLE,
  SUPERVISED_VARIABLE,
  type Child,
  type ExitCode,
  type Io,
} from "../console/io.ts";

/** Tells the parent of a supervised server to start it again. */
export const RESTART_CODE = 75;

export function logFile(home: string): string {
  return join(home, "logs", "server.log");
}

/** Whether a closed terminal (SIGHUP) is nothing to the server. */
export function outlivesTerminal(io: Io): boolean {
  return io.env[DAEMON_VARIABLE] === "1" || io.env[NOHUP_VARIABLE] === "1";
}

/** Starts a server that outlives this process. */
export function spawnDaemon(io: Io, home: string, args: readonly string[]): Child {
  try {
    makeFolder(join(home, "logs"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const hint = "set SPARKY_HOME to a folder that you may write to";
    throw new Failure(EXIT.error, "unavailable", `cannot use ${home} as Sparky's folder: ${why}`, hint);
  }
  return io.spawnSelf(args, { env: { [DAEMON_VARIABLE]: "1" }, output: { file: logFile(home) } });
}

/** With its parents. Not by `recursive`, which never returns where a file system refuses every new folder, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/**
 * Starts a foreground server again, in the same terminal, as often as it is asked for. This process stays, so that
 * whoever started it still sees one process that ends with the server.
 */
export async function superviseSuccessor(io: Io, args: readonly string[]): Promise<ExitCode> {
  for (;;) {
    const child = io.spawnSelf(args, { env: { [SUPERVISED_VARIABLE]: "1" }, output: "inherit" });
    const release = (["SIGINT", "SIGTERM", "SIGUSR2", "SIGHUP"] as const).map((signal) =>
      io.onSignal(signal, () => {
        if (signal === "SIGHUP" && outlivesTerminal(io)) return;
        child.kill(signal === "SIGUSR2" ? signal : "SIGTERM");
      }),
    );
    const code = await child.exited;
    release.forEach((each) => each());
    if (code === RESTART_CODE) continue;
    return code === 0 ? 0 : 1;
  }
}
