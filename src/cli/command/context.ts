import { connect, currentEndpoint } from "../client/connect.ts";
import type { Client } from "../client/client.ts";
import type { CliConfig, Deps } from "../deps.ts";
import { Failure } from "../console/failure.ts";
import type { FileBody, Method } from "../client/http.ts";
import { EXIT, type ExitCode, type Io } from "../console/io.ts";
import type { Output } from "../console/output.ts";
import type { Watched, WatchOptions } from "../client/watch.ts";

/** What a command's handler gets. */
export interface Context {
  readonly io: Io;
  readonly deps: Deps;
  readonly out: Output;
  config(): Promise<CliConfig>;
  /** The client of this command, made once. "server": exits 3 when none runs. */
  client(need: "server" | "any"): Promise<Client>;
  /** Follows a chat over the network. */
  watch(options: Omit<WatchOptions, "endpoint">): AsyncIterable<Watched>;
  close(): Promise<void>;
}

export type Handler<O> = (context: Context, args: readonly string[], options: O) => Promise<ExitCode | void>;

const PATIENT_MS = 300;

export function createContext(io: Io, deps: Deps, out: Output): Context {
  let config: Promise<CliConfig> | undefined;
  let client: Promise<Client> | undefined;
  const context: Context = {
    io,
    deps,
    out,
    config: () => (config ??= loadConfig(deps)),
    client(need) {
      client ??= context
        .config()
        .then(async (found) => patient(out, await waiting(out, connect(deps, io, found, need))));
      return client;
    },
    async *watch(options) {
      const found = await context.config();
      const { watch } = await import("../client/watch.ts");
      yield* watch(io, { ...options, endpoint: () => currentEndpoint(deps, found) });
    },
    async close() {
      out.progress(null);
      await (await client?.catch(() => undefined))?.close();
    },
  };
  return context;
}

/** A setting that is refused is a plain error, not a wrong use of the command. */
async function loadConfig(deps: Deps): Promise<CliConfig> {
  try {
    return await deps.loadConfig({});
  } catch (error) {
    throw asStartFailure(error);
  }
}

export function asStartFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || error instanceof Failure) return error;
  const hint = "hint" in error && typeof error.hint === "string" ? error.hint : undefined;
  return new Failure(EXIT.error, String(error.code), error.message, hint);
}

/** Shows that it waits, on a terminal, once that takes longer than people expect. */
async function waiting<T>(out: Output, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => out.progress("… waiting for the server"), PATIENT_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    out.progress(null);
  }
}

function patient(out: Output, client: Client): Client {
  return {
    ...client,
    request: <T>(method: Method, path: string, body?: unknown) => waiting(out, client.request<T>(method, path, body)),
    upload: <T>(path: string, file: FileBody) => waiting(out, client.upload<T>(path, file)),
  };
}
