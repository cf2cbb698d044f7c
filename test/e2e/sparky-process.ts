import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import type { ChatEvent } from "../../src/core/events.ts";
import type { EventsPage, Run, Status, Task } from "../../src/wire/api.ts";

// Sparky as people have it: `bin/sparky` in processes of its own, a home of its own, and nothing in the environment
// but what the test says.

const BIN = join(import.meta.dirname, "../../bin/sparky");
const READY_MS = 60_000;
const STOP_MS = 8000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = { readonly [name: string]: string };

/** A server process on a fresh home, and the command line beside it. Stops the process and removes the home. */
export class Sparky implements AsyncDisposable {
  readonly home: string;
  readonly #env: Environment;
  #server: { readonly process: ChildProcess; readonly url: string; readonly link: string; output: string } | null =
    null;
  /** The owner's API token. */
  token = "";

  private constructor(home: string, env: Environment) {
    this.home = home;
    this.#env = { PATH: process.env["PATH"] ?? "", HOME: home, NO_COLOR: "1", ...env, SPARKY_HOME: home };
  }

  /** `sparky chat start` with these arguments, once it has printed where it runs. */
  static async start(env: Environment, args: readonly string[] = []): Promise<Sparky> {
    const sparky = new Sparky(await mkdtemp(join(tmpdir(), "sparky-e2e-")), env);
    try {
      await sparky.startServer(args);
    } catch (error) {
      await sparky[Symbol.asyncDispose]();
      throw error;
    }
    return sparky;
  }

  /** What would be left of the words that are underway, if the server died now. */
  savedWords(): string {
    const db = new Database(join(this.home, "sparky.db"), { readonly: true });
    try {
      const rows = db.prepare<[], { readonly text: string }>("SELECT text FROM parts").all();
      return rows.map(({ text }) => text).join("");
    } finally {
      db.close();
    }
  }

  /** Starts the server again on the same home, after it has ended. */
  async startServer(args: readonly string[] = []): Promise<void> {
    const child = spawn(BIN, ["chat", "start", "--port", "0", ...args], { env: this.#env, stdio: "pipe" });
    const found = { process: child, url: "", link: "", output: "" };
    this.#server = found;
    const ready = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        found.output += `${line}\n`;
        found.url = /^Sparky runs at (\S+)$/.exec(line)?.[1] ?? found.url;
        found.link = /^Sign in, once: (\S+)$/.exec(line)?.[1] ?? found.link;
        if (found.url !== "" && found.link !== "") ready.resolve();
      });
    }
    child.once("exit", (code) => ready.reject(new Error(`the server ended with ${code}:\n${found.output}`)));
    const late = setTimeout(() => ready.reject(new Error(`the server is not ready:\n${found.output}`)), READY_MS);
    await ready.promise.finally(() => clearTimeout(late));
    this.token = (await readFile(join(this.home, "token"), "utf8")).trim();
  }

  get url(): string {
    return this.#running().url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The one-time link that the server printed. */
  get link(): string {
    return this.#running().link;
  }

  /** Everything that the server has written so far, to stdout and stderr. */
  get output(): string {
    return this.#server?.output ?? "";
  }

  /** `sparky` with these arguments. */
  async run(...args: readonly string[]): Promise<Finished> {
    const child = spawn(BIN, args, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  /** What `sparky … --json` prints; the command must succeed. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    if (code !== 0) throw new Error(`sparky ${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  addTask(instruction: string, ...args: readonly string[]): Promise<Task> {
    return this.json<Task>("agent", "tasks", "add", instruction, ...args);
  }

  /** `sparky agent tasks logs --json`: the task's events. */
  async logs(taskId: string): Promise<readonly ChatEvent[]> {
    const { code, stdout, stderr } = await this.run("agent", "tasks", "logs", taskId, "--json");
    if (code !== 0) throw new Error(`logs ended with ${code}: ${stderr}`);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ChatEvent);
  }

  /** A request with the owner's token; the answer's body. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json", connection: "close" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** The chat's log, all of it. */
  async log(chatId: string): Promise<readonly ChatEvent[]> {
    const events: ChatEvent[] = [];
    for (;;) {
      const after = events.at(-1)?.seq ?? 0;
      const page = await this.api<EventsPage>("GET", `/api/chats/${chatId}/events?after=${after}&limit=200`);
      events.push(...page.events);
      if (page.events.length === 0 || (events.at(-1)?.seq ?? 0) >= page.last) return events;
    }
  }

  task(id: string): Promise<Task> {
    return this.api<Task>("GET", `/api/tasks/${id}`);
  }

  /** The chat's runs that have not ended. */
  async running(chatId: string): Promise<readonly Run[]> {
    return (await this.api<Status>("GET", "/api/status")).running.filter((run) => run.chatId === chatId);
  }

  /** Ends the server's process with this signal, and waits until it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    this.#server?.process.kill(signal);
    await this.ended();
  }

  /** The server's exit code, once it has ended. */
  async ended(): Promise<number | null> {
    const child = this.#server?.process;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#server?.process;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await once(child, "exit");
      clearTimeout(late);
    }
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  #running() {
    if (this.#server === null) throw new Error("the server was not started");
    return this.#server;
  }
}
