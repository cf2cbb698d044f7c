import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { statfs } from "node:fs/promises";
import { endMarked, MARK, signalGroup } from "./processes.ts";

/** Between the request to end and the end. */
const KILL_AFTER_MS = 500;
/** Between a command's end and its output's. */
const DRAIN_MS = 200;
/** How often it is looked whether a command fills the disk, and what it must leave: less where there is little. */
const DISK_LOOK_MS = 250;
const DISK_FLOOR = 512 * 1024 * 1024;

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

/** Waits for a line before it does anything; when memory runs out it is ended before the server is. */
const HELD = "read -r _ || exit 1; { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; ";

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
  #disk: NodeJS.Timeout | undefined;
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
        await this.#watchDisk();
        this.#begun.resolve();
      }
      return await this.#exit;
    } finally {
      clearTimeout(this.#kill);
      clearTimeout(this.#disk);
      this.#disk = undefined;
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

  async #watchDisk(): Promise<void> {
    const free = async (): Promise<number> => {
      const { bavail, bsize } = await statfs(this.#options.workspace);
      return bavail * bsize;
    };
    const floor = this.#options.diskFloor ?? Math.min(DISK_FLOOR, (await free()) / 2);
    const look = async (): Promise<void> => {
      if ((await free().catch(() => floor)) < floor) this.stop("disk");
      else if (this.#disk !== undefined) this.#disk = setTimeout(() => void look(), DISK_LOOK_MS);
    };
    this.#disk = setTimeout(() => void look(), DISK_LOOK_MS);
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
