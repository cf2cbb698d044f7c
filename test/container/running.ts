import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Container } from "./dockerfile.ts";

/** Where the image has the program and its data. */
const PROGRAM = "/opt/sparky";
const DATA = "/var/lib/sparky";

export interface Trial {
  /** Of the image's own check, once it has been good. */
  readonly checked: number;
  readonly health: unknown;
  /** Of the server, after it was asked to stop as an engine asks. */
  readonly exit: number | null;
  readonly output: string;
}

const READY_MS = 60_000;

/**
 * Starts what the image would hold as the image starts it, but in folders of this machine, and on loopback: as its user, where this
 * one may become it, and with nothing in the environment but what the image sets.
 */
export async function tryOut(program: string, { env, uid, command, healthcheck }: Container): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), "sparky-image-"));
  try {
    const data = join(folder, "data");
    await mkdir(data, { mode: 0o700 });
    const user = process.getuid?.() === 0 ? { uid, gid: uid } : {};
    if ("uid" in user) {
      await chmod(folder, 0o755);
      await chown(data, uid, uid);
    }
    const here = (text: string): string => text.replaceAll(PROGRAM, program).replaceAll(DATA, data);
    const placed = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)]));
    const port = String(await freePort());
    const options = { cwd: data, env: { ...placed, SPARKY_HOST: "127.0.0.1", SPARKY_PORT: port }, ...user };
    const [file = "", ...args] = command;
    const server = spawn(join(program, "bin", file), args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const ended = once(server, "close") as Promise<[number | null]>;
    try {
      const checked = await firstGood(healthcheck, { ...options, path: placed["PATH"] ?? "" }, server);
      if (checked !== 0) throw new Error(`it is not healthy:\n${output}`);
      const health: unknown = await (await fetch(`http://127.0.0.1:${port}/health`)).json();
      server.kill("SIGTERM");
      const [exit] = await ended;
      return { checked, health, exit, output };
    } finally {
      server.kill("SIGKILL");
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The exit code of the check: it is made again until it is good, the server has ended, or time is over. */
async function firstGood(
  [, ...args]: readonly string[],
  { path, ...options }: { readonly path: string; readonly cwd: string; readonly env: object },
  server: { readonly exitCode: number | null },
): Promise<number> {
  // The image's own Node comes before any other on its PATH.
  const node = join(path.split(":").find((each) => each.endsWith("node_modules/.bin")) ?? "", "node");
  const until = Date.now() + READY_MS;
  for (;;) {
    const code = await promisify(execFile)(node, args, options as object).then(
      () => 0,
      () => 1,
    );
    if (code === 0 || server.exitCode !== null || Date.now() > until) return code;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
