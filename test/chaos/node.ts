import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

const BIN = join(import.meta.dirname, "../../bin/sparky");
const SKEWED_CLOCK = new URL("skewed-clock.ts", import.meta.url).href;
const AGAIN_MS = 300;

type Environment = { readonly [name: string]: string };

/** A Sparky as a supervisor runs it: `bin/sparky` on a home of its own, begun again whenever it ends, until it is taken down. */
export class ChaosNode {
  readonly name: string;
  readonly home: string;
  /** Where it serves; null while it does not. */
  url: string | null = null;
  token = "";
  /** How often it has ended, after it had served, though nobody wanted it to. */
  endedByItself = 0;
  readonly #env: Environment;
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;
  #wanted = false;
  #kept: Promise<void> = Promise.resolve();

  constructor(name: string, home: string, logFile: string, env: Environment) {
    this.name = name;
    this.home = home;
    this.#log = createWriteStream(logFile, { flags: "a" });
    const common = { PATH: process.env["PATH"] ?? "", HOME: home, NO_COLOR: "1", SPARKY_HOME: home };
    this.#env = { ...common, ...env, CLOCK_AHEAD: this.#clockFile };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  note(line: string): void {
    this.#log.write(`--- ${new Date().toISOString()} ${line}\n`);
  }

  start(): void {
    this.#wanted = true;
    this.#kept = this.#keepUp();
  }

  signal(name: NodeJS.Signals): void {
    this.note(name);
    this.#child?.kill(name);
  }

  /** Sets its clock ahead by so much, while it runs. */
  async setClock(aheadMs: number): Promise<void> {
    await writeFile(this.#clockFile, `${aheadMs}`);
    this.signal("SIGWINCH");
  }

  /** Ends it by this signal; the exit code, null if it was killed. It stays down until it is started again. */
  async down(name: NodeJS.Signals): Promise<number | null> {
    this.#wanted = false;
    const child = this.#child;
    this.signal(name);
    await this.#kept;
    return child?.exitCode ?? null;
  }

  /** `sparky` with these arguments, on this home. */
  async run(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = spawn(BIN, args, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }

  get #clockFile(): string {
    return join(this.home, "clock-ahead");
  }

  async close(): Promise<void> {
    await this.down("SIGKILL");
    this.#log.end();
    await once(this.#log, "close");
  }

  async #keepUp(): Promise<void> {
    while (this.#wanted) {
      const env = { ...this.#env, NODE_OPTIONS: `--import=${SKEWED_CLOCK}` };
      const child = spawn(BIN, ["chat", "start", "--port", "0"], { env, stdio: ["ignore", "pipe", "pipe"] });
      this.#child = child;
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", (line) => {
          this.#log.write(`${line}\n`);
          const url = /^Sparky runs at (\S+)$/.exec(line)?.[1];
          if (url !== undefined) void this.#serves(url, child);
        });
      const [code, signal] = (await once(child, "close")) as [number | null, string | null];
      if (this.url !== null && this.#wanted) this.endedByItself++;
      this.url = null;
      this.note(`ended with ${code ?? signal}`);
      if (this.#wanted) await wait(AGAIN_MS);
    }
  }

  async #serves(url: string, child: ChildProcess): Promise<void> {
    this.token = (await readFile(join(this.home, "token"), "utf8")).trim();
    if (child === this.#child && child.exitCode === null && child.signalCode === null) this.url = url;
  }
}
