import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { watchDisk } from "./disk.ts";
import { endMarked, HELD, MARK, signalGroup } from "./processes.ts";

/** Between the request to end and the end. */
const KILL_AFTER_MS = 500;
/** Between a command's end and its output's. */
const DRAIN_MS = 200;

export type StopReason = "timeout" | "stopped" | "disk";

export interface CommandOptions {
  readonly argv: readonly string[];
  readonly workspace: string;
  readonly environment: { readonly [name: string]: string };
  /** `open`: what is written reaches the command; else it has no input. */
  readonly input: "none" | "open";
  /** Puts the group and its mark on record. */
  readonly record: (pgid: number, mark: string) => Promise<void>;
  readonly onOutput: (stream: "stdout" | "stderr", chunk: Buffer) => void;
  /** Bytes that the command must leave on the disk. */
  readonly diskFloor?: number | undefined;
}

export interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * A command in a process group of its own, which waits until it is on record. Everything that it has started ends with it:
 * by its group, and by the mark that all of it was born with.
 */
export class Command {
  readonly #child: ChildProcess;
  readonly #mark = randomBytes(16).toString("hex");
  readonly #options: CommandOptions;
  readonly #exit: Promise<Exit>;
  #kill: NodeJS.Timeout | undefined;
  #endWatch = (): void => {};
  readonly #begun = Promise.withResolvers<void>();
  /** Resolves when it is on record and was let go. */
  readonly begun = this.#begun.promise;
  /** Why it was told to end. */
  why: StopReason | undefined;

  constructor(options: CommandOptions) {
    this.#options = options;
    const { argv, workspace, environment, input, onOutput } = options;
    const script = `${HELD}exec "$@"${input === "none" ? " </dev/null" : ""}`;
    this.#child = spawn("/bin/sh", ["-c", script, "sh", ...argv], {
      cwd: workspace,
      env: { ...environment, [MARK]: this.#mark },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    for (const stream of ["stdout", "stderr"] as const)
      this.#child[stream]?.on("data", (chunk: Buffer) => onOutput(stream, chunk));
    this.#child.stdin?.on("error", () => {});
    this.#exit = exitOf(this.#child);
    // Awaited by `run`; until then a failure is nobody's.
    this.#exit.catch(() => {});
  }

  /** Lets it go once it is on record, and resolves when all of it has ended. */
  async run(): Promise<Exit> {
    const { pid } = this.#child;
    if (pid === undefined) return this.#exit;
    try {
      await this.#options.record(pid, this.#mark);
      if (this.why === undefined) {
        this.#child.stdin?.[this.#options.input === "none" ? "end" : "write"]("go\n");
        const { workspace, diskFloor } = this.#options;
        this.#endWatch = await watchDisk(workspace, () => this.stop("disk"), diskFloor);
        this.#begun.resolve();
      }
      return await this.#exit;
    } finally {
      clearTimeout(this.#kill);
      this.#endWatch();
      // Children in the background do not outlive it.
      signalGroup(pid, "SIGKILL");
      await endMarked(this.#mark);
      this.#child.stdin?.destroy();
    }
  }

  /** Asks its group to end, and ends it a little later. */
  stop(why: StopReason): void {
    this.why ??= why;
    const { pid } = this.#child;
    if (pid === undefined) return;
    signalGroup(pid, "SIGTERM");
    this.#kill ??= setTimeout(() => signalGroup(pid, "SIGKILL"), KILL_AFTER_MS);
  }

  /** Resolves when it was taken; false: it takes no more. */
  async write(text: string, end: boolean): Promise<boolean> {
    const { stdin } = this.#child;
    if (!stdin?.writable) return false;
    return new Promise((resolve) => {
      const done = (error?: Error | null): void => resolve(!error);
      if (end) stdin.end(text, () => done(stdin.errored));
      else stdin.write(text, done);
    });
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => {
      const done = (): void => resolve({ exitCode, signal });
      // What is in the pipes is still read; but a child in the background may hold them open for ever.
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        done();
      }, DRAIN_MS);
      child.once("close", () => {
        clearTimeout(timer);
        done();
      });
    });
  });
}
