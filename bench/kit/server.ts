import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export const SPARKY = join(import.meta.dirname, "../../bin/sparky");
const PATIENCE_MS = 20_000;

/** A home of its own, and the environment in which commands use it and nothing of the person's own settings. */
export interface BenchHome extends AsyncDisposable {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function benchHome(): Promise<BenchHome> {
  const path = await mkdtemp(join(tmpdir(), "sparky-bench-"));
  const { PATH, HOME, LANG } = process.env;
  const env = { PATH, HOME, LANG, SPARKY_HOME: path, SPARKY_MODEL: "demo", LOG_LEVEL: "warn" };
  return { path, env, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A server process that answers on `url`. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process to its first answer, in milliseconds. */
  readonly readyMs: number;
  readonly process: ChildProcess;
  kill(): Promise<void>;
}

export function startSparky(home: BenchHome, port: number, args: readonly string[] = []): Promise<Served> {
  return serve(SPARKY, ["chat", "start", "--port", String(port), ...args], port, home.env);
}

/** Node serving HTTP and nothing else: what a server costs at least. `serving`: a script with a function `serve` that answers. */
export function startBareNode(
  port: number,
  serving = 'function serve(_, answer) { answer.end("ok") }',
): Promise<Served> {
  const script = `${serving}; require("node:http").createServer(serve).listen(${port}, "127.0.0.1")`;
  return serve(process.execPath, ["-e", script], port, process.env);
}

async function serve(program: string, args: readonly string[], port: number, env: NodeJS.ProcessEnv): Promise<Served> {
  const url = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode} before it answered: ${said}`);
    if (performance.now() - started > PATIENCE_MS) throw new Error(`${program} did not answer in ${PATIENCE_MS} ms`);
    await pause(1);
  }
  const readyMs = performance.now() - started;
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return { url, readyMs, process: child, kill, [Symbol.asyncDispose]: kill };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A request as the home's owner. */
export async function call<T>(home: BenchHome, url: string, method: string, body?: object): Promise<T> {
  const authorization = `Bearer ${readFileSync(join(home.path, "token"), "utf8").trim()}`;
  const init = { method, headers: { authorization }, body: body === undefined ? null : JSON.stringify(body) };
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  // The shape is the public contract's; a wrong one makes the measurement fail.
  return (await response.json()) as T;
}

export function residentMb({ process: { pid } }: Served): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}
