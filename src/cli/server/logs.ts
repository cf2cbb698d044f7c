import type { Context } from "../command/context.ts";
import { Failure } from "../console/failure.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { LEVELS, type LogLevel } from "../console/log-levels.ts";
import { lastLines, newLines } from "./log-file.ts";
import type { Output } from "../console/output.ts";
import { logFile } from "./successor.ts";
import { jsonText, oneLine } from "../console/text.ts";

export type LogOptions = { follow?: true; lines?: number; level?: LogLevel };

const DEFAULT_LINES = 50;

/** What the server in the background has written: for people, or the lines as they are. */
export async function showServerLog(
  context: Context,
  _args: readonly string[],
  options: LogOptions,
): Promise<ExitCode> {
  const { io, out } = context;
  const file = logFile((await context.config()).home);
  const least = LEVELS[options.level ?? "trace"];
  const keep = (line: string): boolean => entryOf(line).level >= least;
  const show = (line: string): void =>
    out.print(out.terminal ? forPeople(out, entryOf(line)) : jsonText(entryOf(line).fields));
  const last = lastLines(file, options.lines ?? DEFAULT_LINES, keep);
  if (last === null) {
    const hint = "sparky chat start --daemon; a server in the foreground writes to its own stderr";
    throw new Failure(EXIT.notFound, "not_found", `there is no log at ${file}`, hint);
  }
  last.lines.forEach(show);
  if (!options.follow) {
    if (last.lines.length === 0) out.note("No such lines.");
    return EXIT.ok;
  }
  await untilInterrupted(io, async (signal) => {
    for await (const line of newLines(io, file, last, signal)) if (keep(line)) show(line);
  });
  return EXIT.interrupted;
}

interface Entry {
  readonly level: number;
  readonly fields: { readonly [name: string]: unknown };
}

/** What is no entry of the log is what a dying process said last: an error. */
function entryOf(line: string): Entry {
  try {
    const fields: unknown = JSON.parse(line);
    if (typeof fields === "object" && fields !== null && "level" in fields && typeof fields.level === "number") {
      return { level: fields.level, fields: { ...fields } };
    }
  } catch {
    // Told as it is.
  }
  return { level: LEVELS.error, fields: { level: LEVELS.error, msg: line } };
}

function forPeople({ paint }: Output, { level, fields }: Entry): string {
  const { level: _number, time, msg, err, ...others } = fields;
  const word = Object.entries(LEVELS).findLast(([, number]) => level >= number)?.[0] ?? "trace";
  const padded = word.padEnd(5);
  const shownWord = level >= LEVELS.error ? paint.red(padded) : level >= LEVELS.warn ? paint.yellow(padded) : padded;
  const rest = Object.entries(others).map(([name, value]) => `${name}=${plain(value)}`);
  const said = [typeof msg === "string" ? msg : "", errorText(err), ...rest].filter((part) => part !== "");
  return `${paint.dim(timeText(time))}  ${shownWord}  ${oneLine(said.join("  "))}`;
}

function plain(value: unknown): string {
  return typeof value === "string" && !/[\s"=]/.test(value) ? value : (JSON.stringify(value) ?? "");
}

function errorText(err: unknown): string {
  if (typeof err !== "object" || err === null) return "";
  const { type, message, code } = err as { readonly [name: string]: unknown };
  const words = [type, code, message].filter((part) => typeof part === "string" && part !== "");
  return words.join(": ");
}

/** Of this machine: `2026-12-01 14:02:11`. */
function timeText(time: unknown): string {
  const at = typeof time === "string" || typeof time === "number" ? new Date(time) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime())) return " ".repeat(19);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}
