import { readNamedFile } from "../../named-file.ts";
import { rmSync, writeFileSync } from "node:fs";
import { asStartFailure, type Context } from "../command/context.ts";
import type { RunningServer } from "../deps.ts";
import { Failure } from "../console/failure.ts";
import { DAEMON_VARIABLE, EXIT, SUPERVISED_VARIABLE, type ExitCode, type Io } from "../console/io.ts";
import { openInBrowser } from "./open.ts";
import { argsOf, flagsOf, type StartOptions } from "./start-options.ts";
import { logFile, outlivesTerminal, RESTART_CODE, spawnDaemon, superviseSuccessor } from "./successor.ts";

/** A second signal this soon after the first is the same one, sent to the whole group and passed on. */
const SAME_SIGNAL_MS = 300;
/** The server promises to stop within 5 s. */
const STOP_MS = 7000;

export async function startChat(context: Context, _args: readonly string[], options: StartOptions): Promise<ExitCode> {
  if (options.daemon) return (await import("./daemon.ts")).startDaemon(context, options);
  const { io } = context;
  const asDaemon = io.env[DAEMON_VARIABLE] === "1" && io.report !== undefined;
  // From the first moment on: the terminal may be closed before the server is ready.
  if (outlivesTerminal(io)) io.onSignal("SIGHUP", () => {});
  try {
    return await serve(context, options, asDaemon);
  } catch (error) {
    const failure = startFailure(error);
    if (asDaemon && failure instanceof Failure) {
      io.report?.({ error: { code: failure.code, message: failure.message, hint: failure.hint } });
    }
    throw failure;
  }
}

async function serve(context: Context, options: StartOptions, asDaemon: boolean): Promise<ExitCode> {
  const { io, deps } = context;
  const flags = flagsOf(options);
  const config = await deps.loadConfig(flags);
  const args = argsOf(options);
  const server = await deps.startServer(flags, { args, daemon: asDaemon, log: asDaemon ? logFile(config.home) : null });
  // From here on it is stopped in order: whoever reads that it runs may end it at once.
  const signals = takeSignals(io);
  let why: Why;
  try {
    if (options.pidfile !== undefined) writePidfile(options.pidfile, io.pid);
    if (asDaemon) io.report?.({ ready: { url: server.url, loginUrl: server.loginUrl } });
    else await announce(context, server, config.agentLoop, options.open === true);
    why = await untilStopped(io, server, signals.asked);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    if (options.pidfile !== undefined) removePidfile(options.pidfile, io.pid);
    signals.release();
  }
  if (why === "stopped") return EXIT.ok;
  if (asDaemon) {
    spawnDaemon(io, config.home, args).release();
    return EXIT.ok;
  }
  if (io.env[SUPERVISED_VARIABLE] === "1") {
    io.exitNow(RESTART_CODE);
    return EXIT.ok;
  }
  return superviseSuccessor(io, args);
}

async function announce(context: Context, server: RunningServer, loop: boolean, open: boolean): Promise<void> {
  const { io, out } = context;
  if (out.json) return out.document({ url: server.url, loginUrl: server.loginUrl, pid: io.pid });
  out.print(`Sparky runs at ${server.url}`);
  if (!open || !(await openInBrowser(io, server.loginUrl))) out.print(`Sign in, once: ${server.loginUrl}`);
  if (!loop) out.note("The agent loop is off, so tasks wait. Turn it on: sparky chat start --agent-loop");
  if (out.terminal) out.note("Ctrl-C stops it.");
}

type Why = "stopped" | "restart";

/** What the signals ask for first. A second one ends the process at once. */
function takeSignals(io: Io): { readonly asked: Promise<Why>; release(): void } {
  const asked = Promise.withResolvers<Why>();
  let first: number | null = null;
  const signalled = (code: number) => () => {
    if (first !== null && io.now() - first > SAME_SIGNAL_MS) io.exitNow(code);
    first ??= io.now();
    asked.resolve("stopped");
  };
  const taken = [
    io.onSignal("SIGINT", signalled(130)),
    io.onSignal("SIGTERM", signalled(143)),
    io.onSignal("SIGUSR2", () => asked.resolve("restart")),
    // A closed terminal ends what was started in it, in order.
    ...(outlivesTerminal(io) ? [] : [io.onSignal("SIGHUP", signalled(129))]),
  ];
  return { asked: asked.promise, release: () => taken.forEach((each) => each()) };
}

/** Waits until it is asked for, or for the server's own end, and stops it. */
async function untilStopped(io: Io, server: RunningServer, asked: Promise<Why>): Promise<Why> {
  const why = await Promise.race([asked, server.stopped.then(() => "stopped" as const)]);
  const guard = setTimeout(() => io.exitNow(EXIT.error), STOP_MS);
  guard.unref();
  await server.stop();
  clearTimeout(guard);
  return why;
}

function writePidfile(file: string, pid: number): void {
  try {
    writeFileSync(file, `${pid}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(
      EXIT.error,
      "invalid_input",
      `cannot write the pidfile ${file}: ${why}`,
      "name a file in a folder that exists",
    );
  }
}

/** Only its own: another server may have written it since. */
function removePidfile(file: string, pid: number): void {
  try {
    if (readNamedFile(file).trim() === String(pid)) rmSync(file);
  } catch {
    // It is gone already.
  }
}

/** Everything that keeps a server from starting exits 1, whatever its code. */
function startFailure(error: unknown): unknown {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    const port = "port" in error ? ` ${String(error.port)}` : "";
    return new Failure(
      EXIT.error,
      "unavailable",
      `port${port} is taken by another program`,
      "sparky chat start --port 0",
    );
  }
  return asStartFailure(error);
}
