import { networkClient } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { Failure, notRunning, usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { readServerFile, type ServerFile } from "../client/server-file.ts";
import { logFile } from "./successor.ts";

const APPEAR_MS = 5000;
const STOP_MS = 10_000;
const RESTART_MS = 30_000;
const LOOK_AGAIN_MS = 50;

export async function stopChat(context: Context): Promise<ExitCode> {
  const { out } = context;
  const server = await runningHere(context);
  signal(context, server.pid, "SIGTERM");
  await until(
    context,
    STOP_MS,
    async () => ((await holder(context)) === server.pid ? null : true),
    () => {
      return new Failure(
        EXIT.error,
        "unavailable",
        `process ${server.pid} has not stopped after ${STOP_MS / 1000} s`,
        `kill -9 ${server.pid}`,
      );
    },
  );
  if (out.json) out.document({ stopped: true, url: server.url, pid: server.pid });
  else out.print(`Stopped ${server.url}`);
  return EXIT.ok;
}

/** The running server starts its successor itself, so that its flags and its environment stay as they were. */
export async function restartChat(context: Context): Promise<ExitCode> {
  const { out } = context;
  const { home } = await context.config();
  const server = await runningHere(context);
  signal(context, server.pid, "SIGUSR2");
  const next = await until(
    context,
    RESTART_MS,
    async () => {
      const file = readServerFile(home);
      if (file === null || file.pid === server.pid || (await holder(context)) !== file.pid) return null;
      const health = networkClient({ url: file.url, certificate: file.certificate, token: null }).request(
        "GET",
        "/health",
      );
      return health.then(
        () => file,
        () => null,
      );
    },
    () => new Failure(EXIT.error, "unavailable", "the server has not come back", `look into ${logFile(home)}`),
  );
  if (out.json) out.document({ url: next.url, pid: next.pid });
  else out.print(`Sparky runs again at ${next.url}`);
  return EXIT.ok;
}

/** The server of this home; a command that holds the lock for a moment is waited for. */
async function runningHere(context: Context): Promise<ServerFile> {
  const { home, url } = await context.config();
  const found = await until(
    context,
    APPEAR_MS,
    async () => {
      const state = await context.deps.homeState(home);
      if (state.elsewhere === true) throw elsewhere(home);
      const pid = await holder(context);
      if (pid === null) throw notRunning(`no server is running on ${home}`, "sparky chat start");
      const file = readServerFile(home);
      return file?.pid === pid ? file : null;
    },
    () => new Failure(EXIT.error, "unavailable", `${home} is held by a process that is not a server yet`, "try again"),
  );
  if (url !== null && new URL(url).origin !== new URL(found.url).origin) {
    throw usage(`SPARKY_URL names ${url}, but only this machine's server can be stopped from here`, "unset SPARKY_URL");
  }
  return found;
}

function elsewhere(home: string): Failure {
  const message = `the server on ${home} runs in another container, or on another machine`;
  return new Failure(EXIT.error, "unavailable", message, "stop it there: sparky chat stop");
}

/** The process that holds the home; null when none does. */
async function holder(context: Context): Promise<number | null> {
  const { home } = await context.config();
  const state = await context.deps.homeState(home);
  return state.held ? (state.pid ?? readServerFile(home)?.pid ?? 0) : null;
}

function signal({ io }: Context, pid: number, name: "SIGTERM" | "SIGUSR2"): void {
  if (io.kill(pid, name)) return;
  throw new Failure(EXIT.notAllowed, "forbidden", `process ${pid} belongs to another user`, `sudo kill ${pid}`);
}

async function until<T>(context: Context, ms: number, look: () => Promise<T | null>, late: () => Failure): Promise<T> {
  const deadline = context.io.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (context.io.now() >= deadline) throw late();
    await context.io.sleep(LOOK_AGAIN_MS);
  }
}
