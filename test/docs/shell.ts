import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STAND_INS, type StandIn } from "./stand-ins.ts";

/** Runs lines of the documentation as a person would: in a shell, with `sparky` on the path and a home of their own. */

const BIN = join(import.meta.dirname, "../../bin");
const READY_MS = 60_000;
const LINE_MS = 30_000;

/** The conversation at a terminal. */
const TALKS = /\bsparky (chat( --\S+( \S+)?)?|client start)$/;
/** They go on until the reader presses Ctrl-C, which is what ends them here. */
const ENDLESS = /^sparky (watch\b|logs .*(-f|--follow)\b|chats show .*(-f|--follow)\b)/;
const LOOK_S = 3;
const INTERRUPTED = 130;

export interface Ran {
  readonly line: string;
  readonly code: number | null;
  readonly stderr: string;
}

export class Shell implements AsyncDisposable {
  readonly home: string;
  readonly #env: { readonly [name: string]: string };
  readonly #kept = new Map<string, string>();
  #server: ChildProcess | null = null;

  private constructor(home: string) {
    this.home = home;
    const path = `${BIN}:${process.env["PATH"] ?? ""}`;
    // What a line says of the port is left to the next one: no line names it. A command that is asked about is told of.
    this.#env = {
      ...{ PATH: path, HOME: home, SPARKY_HOME: join(home, ".sparky"), SPARKY_PORT: "0", NO_COLOR: "1" },
      SPARKY_SHELL: "host",
    };
  }

  static async open(): Promise<Shell> {
    return new Shell(await mkdtemp(join(tmpdir(), "sparky-docs-")));
  }

  /** Runs one line of a page, with what its reader has in the place of what stands for it, and with a yes where it asks. */
  async line(line: string): Promise<Ran> {
    const isStart = /\bsparky chat start\b/.test(line);
    if (isStart) await this.#stop();
    else if (!(await this.#isRunning())) await this.#start("sparky chat start --agent-loop");
    let real = line;
    for (const { text, make, lasts } of standInsOf(line)) {
      const made = this.#kept.get(make) ?? (await this.#made(make));
      if (lasts) this.#kept.set(make, made);
      real = real.replace(text, () => made);
    }
    real = real.replace(/(((tasks|schedule|chats) delete|db restore|memory forget) \S+)$/, "$1 --yes");
    if (/\bdb (restore|migrate)\b/.test(line)) await this.#stop();
    if (isStart && !line.includes("--daemon")) return { line, code: 0, stderr: await this.#start(real) };
    // At a terminal, where somebody presses Ctrl-D until it leaves.
    if (TALKS.test(line)) {
      real = `while sleep 0.2; do printf '\\004'; done | script --quiet --return --flush --command '${real}' /dev/null`;
    }
    if (!ENDLESS.test(line)) return { line, ...(await this.#run(real)) };
    const { code, stderr } = await this.#run(`exec timeout --preserve-status --signal=INT ${LOOK_S} ${real}`);
    return { line, code: code === INTERRUPTED ? 0 : code, stderr };
  }

  async #made(make: string): Promise<string> {
    const { code, stdout, stderr } = await this.#run(make);
    if (code !== 0 || stdout.trim() === "") throw new Error(`${make} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  async #run(
    command: string,
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
    const child = spawn("sh", ["-c", command], {
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LINE_MS,
      killSignal: "SIGKILL",
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  /** A server in the foreground, once it has printed where it runs; throws when it ends instead. */
  async #start(command: string): Promise<string> {
    // Not a child of the shell, but in its place: stopping it stops the server.
    const assignments = /^((?:\w+=\S+ )*)(.*)$/.exec(command);
    const child = spawn("sh", ["-c", `${assignments?.[1] ?? ""} exec ${assignments?.[2] ?? ""}`], {
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#server = child;
    let [stdout, stderr] = ["", ""];
    const ready = Promise.withResolvers<void>();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stdout.includes("Sparky runs at ")) ready.resolve();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("exit", (code) => ready.reject(new Error(`${command} ended with ${code}:\n${stderr}`)));
    const late = setTimeout(() => ready.reject(new Error(`${command} is not ready:\n${stderr}`)), READY_MS);
    await ready.promise.finally(() => clearTimeout(late));
    return stderr;
  }

  async #isRunning(): Promise<boolean> {
    try {
      const { pid } = JSON.parse(await readFile(join(this.home, ".sparky/server.json"), "utf8")) as { pid: number };
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  async #stop(): Promise<void> {
    if (await this.#isRunning()) await this.#run("sparky chat stop");
    const child = this.#server;
    this.#server = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The first that fits, for each text that the line has. */
function standInsOf(line: string): readonly StandIn[] {
  const fitting = STAND_INS.filter(({ text, of }) => line.includes(text) && of.test(line));
  return fitting.filter((one, at) => fitting.findIndex(({ text }) => text === one.text) === at);
}
