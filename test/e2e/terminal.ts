import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { TerminalScreen } from "../kit/terminal-screen.ts";

const BIN = join(import.meta.dirname, "../../bin/sparky");
const WAIT_MS = 60_000;

/** `sparky` at a real terminal: a pseudo-terminal by script(1), which every Debian has, and what a person sees of it. */
export class Terminal implements AsyncDisposable {
  readonly screen: TerminalScreen;
  readonly #child: ChildProcess;
  readonly #tty: string;

  private constructor(child: ChildProcess, screen: TerminalScreen, tty: string) {
    this.#child = child;
    this.#tty = tty;
    this.screen = screen;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => screen.write(text));
  }

  static open(home: string, args: readonly string[], { columns = 80, rows = 24 } = {}): Terminal {
    // Its name is kept for those who change its size.
    const line = `tty >'${home}/tty' && stty cols ${columns} rows ${rows} && exec '${BIN}' ${args.join(" ")}`;
    const child = spawn(
      "script",
      ["--quiet", "--return", "--flush", "--echo", "never", "--command", line, "/dev/null"],
      {
        env: { PATH: process.env["PATH"] ?? "", HOME: home, SPARKY_HOME: home, TERM: "xterm", SHELL: "/bin/sh" },
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    return new Terminal(child, new TerminalScreen(columns, rows), join(home, "tty"));
  }

  get text(): string {
    return this.screen.text;
  }

  /** Presses these keys; Enter is `\r`. */
  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Types a line and sends it. */
  enter(line: string): void {
    this.press(`${line}\r`);
  }

  /** Makes the window another size. What was drawn stays as it is here, where a real one may break it anew. */
  resize(columns: number, rows: number): void {
    const name = readFileSync(this.#tty, "utf8").trim();
    execFileSync("stty", ["-F", name, "cols", String(columns), "rows", String(rows)]);
    this.screen.columns = columns;
    this.screen.rows = rows;
  }

  async sees(words: string | RegExp): Promise<void> {
    const isThere = (): boolean => (typeof words === "string" ? this.text.includes(words) : words.test(this.text));
    await vi.waitUntil(isThere, { timeout: WAIT_MS, interval: 20 }).catch(() => {
      throw new Error(`never saw ${String(words)} on:\n${this.text}`);
    });
  }

  /** The exit code, once the program has left. */
  async left(): Promise<number | null> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "close");
    }
  }
}
