import { closeSync, constants, openSync, readSync } from "node:fs";

/** The terminal itself: keys as they are pressed, and everything written is written at once. Close it, or the shell suffers. */
export interface TerminalDevice extends Disposable {
  readonly columns: number;
  readonly rows: number;
  readonly output: NodeJS.WriteStream;
  write(text: string): void;
  /** Whoever was given last gets the keys, as text with terminal sequences. */
  onKeys(fn: (text: string) => void): void;
  onResize(fn: () => void): void;
  /** Stops the process, as Ctrl-Z does; `fn` when it goes on. */
  suspend(fn: () => void): void;
}

/** More lines than anyone types before a program is up. */
const EARLY_BYTES = 65_536;

/**
 * Lines that were typed before the terminal was taken. Until then it hands out line by line, each with a newline for its
 * Enter; read later, several of them would look like one text with newlines in it, as from a paste.
 */
function earlyLines(): string {
  let text = "";
  try {
    const terminal = openSync("/dev/tty", constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const bytes = Buffer.alloc(EARLY_BYTES);
      for (let read = 1; read > 0 && text.length < EARLY_BYTES;) {
        read = readSync(terminal, bytes);
        text += bytes.toString("utf8", 0, read);
      }
    } finally {
      closeSync(terminal);
    }
  } catch {
    // Nothing more is there, or the system has no such file.
  }
  return text.replaceAll("\n", "\r");
}

const BRACKETED_PASTE = "\u001b[?2004h";
/** Bracketed paste off, the cursor seen, long lines wrapped: as a shell expects it. */
const RESTORE = "\u001b[?2004l\u001b[?25h\u001b[?7h";

export function openTerminal(process: NodeJS.Process): TerminalDevice {
  const { stdin, stdout, pid } = process;
  let early = earlyLines();
  let keys = (_text: string): void => {};
  let resized = (): void => {};
  const onData = (text: string): void => keys(text);
  const onResize = (): void => resized();
  const take = (): void => {
    stdin.setRawMode(true);
    stdin.resume();
    stdout.write(BRACKETED_PASTE);
  };
  const give = (): void => {
    stdout.write(RESTORE);
    stdin.setRawMode(false);
    stdin.pause();
  };
  // Whatever ends the process, the shell gets its terminal back.
  const restore = (): void => void stdout.write(RESTORE);
  process.once("exit", restore);
  stdin.setEncoding("utf8");
  stdin.on("data", onData);
  // Whoever closed the terminal is not there to answer: an end is the person's leaving.
  stdin.on("end", () => keys("\u0004"));
  stdout.on("resize", onResize);
  take();
  return {
    // A terminal that does not tell its size has the size of the first ones.
    get columns() {
      return stdout.columns > 0 ? stdout.columns : 80;
    },
    get rows() {
      return stdout.rows > 0 ? stdout.rows : 24;
    },
    output: stdout,
    write: (text) => void stdout.write(text),
    onKeys(fn) {
      keys = fn;
      if (early !== "") fn(early);
      early = "";
    },
    onResize: (fn) => void (resized = fn),
    suspend(fn) {
      give();
      process.once("SIGCONT", () => {
        take();
        fn();
      });
      process.kill(pid, "SIGTSTP");
    },
    [Symbol.dispose]() {
      stdin.off("data", onData);
      stdout.off("resize", onResize);
      process.off("exit", restore);
      give();
    },
  };
}
