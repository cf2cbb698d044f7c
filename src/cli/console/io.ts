import type { TerminalDevice } from "./terminal-device.ts";

/** What the process gives the CLI; a test gives its own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdinIsTerminal: boolean;
  /** Asks on the terminal and returns the line. Only called when stdin is a terminal. */
  ask(question: string): Promise<string>;
  /** The same without showing what is typed. null: Ctrl-C, or the end of the input. */
  askSecret(question: string): Promise<string | null>;
  /** All of stdin, where it is not a terminal. */
  readInput(): Promise<string>;
  /** Takes the terminal for its own. Only called when stdin and stdout are one. */
  openTerminal(): Promise<TerminalDevice>;
  readonly env: { readonly [name: string]: string | undefined };
  readonly pid: number;
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Replaces what the process does on a signal; the returned function gives it back. */
  onSignal(signal: "SIGINT" | "SIGTERM" | "SIGUSR2" | "SIGHUP", fn: () => void): () => void;
  /** False when there is no such process, or it is not ours. */
  kill(pid: number, signal: "SIGTERM" | "SIGUSR2"): boolean;
  /** Ends the process at once, whatever is under way. */
  exitNow(code: number): void;
  /** Starts this same program again with other arguments. */
  spawnSelf(args: readonly string[], options: SpawnOptions): Child;
  /** Starts a program of the desktop and forgets it; false when it cannot be started. */
  launch(program: string, args: readonly string[]): Promise<boolean>;
  readonly platform: string;
  /** Tells the process that spawned this one; undefined when nobody listens. */
  readonly report: ((message: unknown) => void) | undefined;
}

export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Infinite where nothing has to be cut. */
  readonly columns: number;
}

export interface SpawnOptions {
  readonly env: { readonly [name: string]: string };
  /** A file: detached, with its output appended there and a channel for reports; `inherit`: in this terminal. */
  readonly output: "inherit" | { readonly file: string };
}

export interface Child {
  readonly pid: number;
  readonly exited: Promise<number>;
  /** The next report of the child; never settles when it makes none. */
  readonly reported: Promise<unknown>;
  kill(signal: "SIGTERM" | "SIGKILL" | "SIGUSR2"): void;
  /** Lets this process end while the child lives on. */
  release(): void;
}

export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  notRunning: 3,
  notAllowed: 4,
  notFound: 5,
  conflict: 6,
  workFailed: 7,
  timedOut: 8,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Tells a process that it is the server of `chat start --daemon`: it reports instead of printing. */
export const DAEMON_VARIABLE = "SPARKY_DAEMON_CHILD";
/** Tells a process that it was started with SIGHUP ignored, as by `nohup`: Node takes that back, and cannot see it. */
export const NOHUP_VARIABLE = "SPARKY_NOHUP";
/** Tells a process that its parent starts it again when it asks for that by its exit code. */
export const SUPERVISED_VARIABLE = "SPARKY_SUPERVISED";
