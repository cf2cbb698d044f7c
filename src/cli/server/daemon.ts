import { asStartFailure, type Context } from "../command/context.ts";
import { networkClient } from "../client/client.ts";
import { readServerFile } from "../client/server-file.ts";
import { Failure } from "../console/failure.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type Child, type ExitCode, type Io } from "../console/io.ts";
import { openInBrowser } from "./open.ts";
import { argsOf, flagsOf, type StartOptions } from "./start-options.ts";
import { logFile, spawnDaemon } from "./successor.ts";

const START_MS = 30_000;
const STOP_MS = 5000;

type Report =
  | { readonly ready: { readonly url: string; readonly loginUrl: string } }
  | { readonly error: { readonly code: string; readonly message: string; readonly hint?: string } };

/** Starts the server in the background and returns when it answers, or fails with its reason and leaves nothing behind. */
export async function startDaemon(context: Context, options: StartOptions): Promise<ExitCode> {
  const { io, out } = context;
  const child = await spawn(context, options);
  let ready: { readonly url: string; readonly loginUrl: string } | null = null;
  try {
    ready = await untilInterrupted(io, (signal) => readiness(io, child, signal));
    if (ready !== null) {
      const { certificate = null } = readServerFile(await home(context, options)) ?? {};
      await networkClient({ url: ready.url, certificate, token: null }).request("GET", "/health");
    }
  } catch (error) {
    await end(io, child);
    throw withLog(error, await home(context, options));
  }
  if (ready === null) {
    await end(io, child);
    out.note("Stopped it again.");
    return EXIT.interrupted;
  }
  child.release();
  if (out.json) {
    out.document({ ...ready, pid: child.pid });
    return EXIT.ok;
  }
  out.print(`Sparky runs at ${ready.url}`);
  if (!options.open || !(await openInBrowser(io, ready.loginUrl))) out.print(`Sign in, once: ${ready.loginUrl}`);
  out.note(`process ${child.pid} · log ${logFile(await home(context, options))} · stop it: sparky chat stop`);
  return EXIT.ok;
}

async function home(context: Context, options: StartOptions): Promise<string> {
  return (await context.deps.loadConfig(flagsOf(options))).home;
}

async function spawn(context: Context, options: StartOptions): Promise<Child> {
  try {
    return spawnDaemon(context.io, await home(context, options), argsOf(options));
  } catch (error) {
    throw asStartFailure(error);
  }
}

async function readiness(io: Io, child: Child, signal: AbortSignal): Promise<{ url: string; loginUrl: string }> {
  const outcome = await Promise.race([
    child.reported,
    child.exited.then((code) => new Failure(EXIT.error, "internal", `the server ended at once (exit ${code})`)),
    io
      .sleep(START_MS, signal)
      .then(() => new Failure(EXIT.error, "unavailable", `the server was not ready after ${START_MS / 1000} s`)),
  ]);
  if (outcome instanceof Failure) throw outcome;
  const report = outcome as Report;
  if ("ready" in report) return report.ready;
  throw new Failure(EXIT.error, report.error.code, report.error.message, report.error.hint);
}

/** Asks the child to end, then makes it. */
async function end(io: Io, child: Child): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await child.exited;
  clearTimeout(timer);
}

function withLog(error: unknown, home: string): unknown {
  if (!(error instanceof Failure) || error.hint !== undefined) return error;
  return new Failure(error.exit, error.code, error.message, `look into ${logFile(home)}`);
}
