import pico from "picocolors";
import type { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { cut } from "./columns.ts";
import { clean, jsonText, oneLine } from "./text.ts";
import { table, type Column } from "./table.ts";

export interface OutputOptions {
  readonly json: boolean;
  readonly color: boolean;
}

export interface Output {
  readonly json: boolean;
  /** Data goes to a person, not into a pipe. */
  readonly terminal: boolean;
  readonly paint: ReturnType<typeof pico.createColors>;
  /** One line of data on stdout. */
  print(line: string): void;
  /** Data on stdout, without a newline: as it is, but for what would steer a terminal. */
  raw(text: string): void;
  /** One JSON document, or one object of a stream, on one line of stdout. */
  document(value: unknown): void;
  /** Aligned with a dim header on a terminal; piped: tab separated, no header. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
  /** One line for people on stderr; silent with `--json`. */
  note(line: string): void;
  /** A line at the bottom of the terminal that is not kept; null takes it away. */
  progress(text: string | null): void;
  failure(failure: Failure): void;
}

export function createOutput(io: Io, options: OutputOptions): Output {
  const terminal = io.stdout.isTerminal && !options.json;
  const colorful = options.color && !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";
  const paint = pico.createColors(colorful && io.stdout.isTerminal);
  const paintError = pico.createColors(colorful && io.stderr.isTerminal);
  const live = io.stderr.isTerminal && !options.json && io.env["TERM"] !== "dumb";
  let shown = "";

  const clear = (): void => {
    if (shown !== "") io.stderr.write("\r\u001b[2K");
    shown = "";
  };
  const out = (text: string): void => {
    clear();
    io.stdout.write(text);
  };
  const print = (line: string): void => out(`${line}\n`);
  return {
    json: options.json,
    terminal,
    paint,
    print,
    raw: (text) => out(io.stdout.isTerminal ? clean(text) : text),
    document: (value) => print(jsonText(value)),
    table(columns, rows) {
      const safe = rows.map((row) => row.map(oneLine));
      if (!terminal) return safe.forEach((row) => print(row.join("\t")));
      const [header = "", ...lines] = table(columns, safe, io.stdout.columns);
      print(paint.dim(header));
      lines.forEach(print);
    },
    note(line) {
      if (options.json) return;
      clear();
      io.stderr.write(`${line}\n`);
    },
    progress(text) {
      if (!live || text === shown) return;
      clear();
      if (text === null) return;
      shown = cut(oneLine(text), Math.max(io.stderr.columns - 1, 10));
      io.stderr.write(paintError.dim(shown));
    },
    failure(failure) {
      clear();
      const { code, message, hint } = failure;
      if (options.json) {
        io.stderr.write(`${jsonText({ error: { code, message, ...(hint === undefined ? {} : { hint }) } })}\n`);
        return;
      }
      io.stderr.write(`${paintError.red("error:")} ${clean(message)}\n`);
      if (hint === undefined) return;
      io.stderr.write(`  ${paintError.dim("try:")} ${clean(hint).replaceAll("\n", "\n       ")}\n`);
    },
  };
}
