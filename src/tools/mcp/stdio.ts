import { spawn, type ChildProcessByStdio } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { shorten } from "../../core/text.ts";
import { watchDisk } from "../shell/disk.ts";
import { endMarked, HELD, MARK, signalGroup, startOf } from "../shell/processes.ts";
import { answeredId, depthOf, Lines, MAX_DEPTH, MAX_MESSAGE_BYTES, MAX_UNASKED_BYTES, type Line } from "./bounds.ts";
import type { Launch } from "./launch.ts";
import type { Tail } from "./tail.ts";

/** A process that runs a server: a group of its own, which is on record before it does anything. */
export interface ServerProcess {
  readonly pgid: number;
  readonly started: string;
  /** In the environment of all that it starts. */
  readonly mark: string;
}

export interface StdioOptions extends Launch {
  readonly tail: Tail;
  /** Bytes that one that is closed in must leave on the disk. */
  readonly diskFloor?: number | undefined;
  keep(process: ServerProcess): Promise<void>;
  forget(process: ServerProcess): Promise<void>;
}

const KILL_AFTER_MS = 500;
const CLOSE_MS = 1500;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A server over its standard input and output. Unlike the library's own it reads each byte once, takes no message that is too
 * big or too deep to be handled while others wait, and ends all that the server has started.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  readonly #options: StdioOptions;
  readonly #lines = new Lines(MAX_MESSAGE_BYTES);
  #child: Child | null = null;
  #process: ServerProcess | null = null;
  #unasked = 0;
  #ended: Promise<void> = Promise.resolve();
  #endWatch = (): void => {};
  /** Why it was ended, where that was nobody's wish. */
  #why: string | null = null;
  /** How it ended, in words; null: it runs. */
  exit: string | null = null;

  constructor(options: StdioOptions) {
    this.#options = options;
  }

  /** By these two names the library sees that it talks to a process. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get stderr(): null {
    return null;
  }

  async start(): Promise<void> {
    const { argv, env, cwd, tail } = this.#options;
    const mark = randomBytes(16).toString("hex");
    // It waits for a line, so that its group is on record first; the shell reads that line and no byte more.
    const child = spawn("/bin/sh", ["-c", `${HELD}exec "$@"`, "sh", ...argv], {
      cwd,
      env: { ...env, [MARK]: mark },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    const { promise, resolve: begun, reject } = Promise.withResolvers<void>();
    child.once("spawn", begun);
    child.once("error", reject);
    child.stdin.on("error", (error) => this.onerror?.(error));
    child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    child.stderr.on("data", (chunk: Buffer) => tail.add(chunk));
    this.#ended = new Promise((done) => {
      // Not "close": what it has left running may hold its output open.
      child.once("exit", (code, signal) => {
        const where = this.#options.isClosedIn ? " in its sandbox" : "";
        this.exit = this.#why ?? (signal === null ? `ended with code ${code ?? 0}` : `was ended by ${signal}`) + where;
        tail.note(`the server ${this.exit}`);
        void this.#cleanUp().finally(() => {
          done();
          this.onclose?.();
        });
      });
      child.once("error", () => done());
    });
    await promise;
    const { pid = 0 } = child;
    this.#process = { pgid: pid, started: startOf(pid) ?? "", mark };
    try {
      await this.#options.keep(this.#process);
    } catch (error) {
      await this.close();
      throw error;
    }
    child.stdin.write("\n");
    if (this.#options.isClosedIn) await this.#watch();
  }

  send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (child === null || this.exit !== null) return Promise.reject(new Error("the server does not run"));
    this.#unasked = 0;
    return new Promise((done) => {
      if (child.stdin.write(`${JSON.stringify(message)}\n`)) done();
      else child.stdin.once("drain", done).once("close", done);
    });
  }

  /** Ends the whole group: asked first, then not. */
  async close(): Promise<void> {
    if (this.#child === null) return;
    const { pid } = this.#child;
    if (pid === undefined || this.exit !== null) return this.#ended;
    this.#child.stdin.end();
    // A sandbox would end at once, with all that is in it: a server that heeds the end of its input has time to.
    if (!this.#options.isClosedIn) signalGroup(pid, "SIGTERM");
    const kill = setTimeout(() => signalGroup(pid, "SIGKILL"), KILL_AFTER_MS);
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const limit = setTimeout(giveUp, CLOSE_MS);
    await Promise.race([this.#ended, late]);
    clearTimeout(kill);
    clearTimeout(limit);
  }

  async #watch(): Promise<void> {
    const { cwd, diskFloor } = this.#options;
    const onLow = (): void => {
      this.#why = "was ended, since the disk was nearly full";
      if (this.#process !== null) signalGroup(this.#process.pgid, "SIGKILL");
    };
    const end = await watchDisk(cwd, onLow, diskFloor);
    this.#endWatch = end;
    if (this.exit !== null) end();
  }

  /** The leader is gone; nothing that it has started outlives it. */
  async #cleanUp(): Promise<void> {
    const process = this.#process;
    this.#endWatch();
    for (const stream of [this.#child?.stdin, this.#child?.stdout, this.#child?.stderr]) stream?.destroy();
    if (process === null) return;
    signalGroup(process.pgid, "SIGKILL");
    await endMarked(process.mark);
    // What stays on record is looked for at the next start, and is gone then.
    await this.#options.forget(process).catch((error: unknown) => this.onerror?.(error as Error));
  }

  #read(chunk: Buffer): void {
    this.#unasked += chunk.length;
    if (this.#unasked > MAX_UNASKED_BYTES) {
      this.#options.tail.note("the server sent more than 32 MB that nobody had asked for, and was ended");
      this.#child?.stdout.pause();
      void this.close();
      return;
    }
    for (const line of this.#lines.add(chunk)) this.#take(line);
  }

  #take(line: Line): void {
    const read = messageIn(line);
    if ("message" in read) {
      if ("id" in read.message && !("method" in read.message)) this.#unasked = 0;
      this.onmessage?.(read.message);
    } else if (read.noise.trim() !== "") {
      this.#options.tail.note(read.noise);
    }
  }
}

/** What a line says; what it answers with too much is an answer that says so. */
export function messageIn(line: Line): { readonly message: JSONRPCMessage } | { readonly noise: string } {
  if (!("text" in line)) {
    const size = `${(line.bytes / 1_048_576).toFixed(1)} MB`;
    return instead(answeredId(line.head, line.tail), `the answer has ${size}, and at most 2 MB are read`);
  }
  const text = line.text.trim();
  if (!text.startsWith("{")) return { noise: `not a message: ${shorten(text, 300)}` };
  const depth = depthOf(text);
  if (depth > MAX_DEPTH) {
    return instead(
      answeredId(text.slice(0, 4096), text.slice(-4096)),
      `the answer is nested ${depth} deep, and at most ${MAX_DEPTH} are read`,
    );
  }
  try {
    const message = JSON.parse(text) as JSONRPCMessage;
    return message.jsonrpc === "2.0" ? { message } : { noise: `not a message: ${shorten(text, 300)}` };
  } catch {
    return { noise: `not a message: ${shorten(text, 300)}` };
  }
}

function instead(id: number | null, why: string): { readonly message: JSONRPCMessage } | { readonly noise: string } {
  return id === null ? { noise: why } : { message: { jsonrpc: "2.0", id, error: { code: -32_000, message: why } } };
}
