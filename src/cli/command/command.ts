import { Command, InvalidArgumentError, type Help, type Option, type OptionValues } from "commander";
import type { Handler } from "./context.ts";
import { foldLines } from "../console/fold-lines.ts";
import type { Sink } from "../console/io.ts";

export interface CommandText {
  readonly summary: string;
  /** Shown first in the help; each must work as written. */
  readonly examples: readonly string[];
  /** Shown last in the help. */
  readonly more?: string;
}

export type OptionSpec = readonly [
  flags: string,
  description: string,
  parse?: ((value: string) => unknown) | typeof repeated,
];

export interface VerbText<O extends OptionValues> extends CommandText {
  readonly args?: { readonly [name: string]: string };
  readonly options?: readonly OptionSpec[];
  readonly run: Handler<O>;
}

/** Runs the handler of the command that was given, with its arguments and options. */
export type Execute = <O extends OptionValues>(command: Command, run: Handler<O>) => Promise<void>;

const TEXTS = new WeakMap<Command, CommandText>();

/**
 * The words that a program is built for: building the hundreds of options that nobody has given takes longer than what a
 * command does. What they do not name is left out; beside a command that they name, other names are there. Without words
 * everything is built.
 */
const WORDS = new WeakMap<Command, readonly string[]>();
const LEFT_OUT = new Command();
WORDS.set(LEFT_OUT, []);

export function root(name: string, text: CommandText, words: readonly string[] | null): Command {
  const program = new Command(name);
  if (words !== null) WORDS.set(program, words);
  return withCommonOptions(prepare(program, text).enablePositionalOptions());
}

export function group(parent: Command, name: string, text: CommandText): Command {
  const command = child(parent, name);
  return isNamed(command) ? withCommonOptions(prepare(command, text)) : command;
}

/** Adds a command that does something. `usage` is its name and arguments: `add <instruction>`. */
export function verb<O extends OptionValues>(
  parent: Command,
  execute: Execute,
  usage: string,
  text: VerbText<O>,
): void {
  const [name = "", ...args] = usage.split(" ");
  const command = child(parent, name);
  if (!isNamed(command)) return;
  prepare(command, text);
  for (const arg of args) command.argument(arg, text.args?.[arg.replace(/[<>[\].]/g, "")] ?? "");
  for (const [flags, description, parse] of text.options ?? []) {
    if (parse === undefined) command.option(flags, description);
    else command.option(flags, description, parse as (value: string, before: unknown) => unknown);
  }
  withCommonOptions(command).action(() => execute(command, text.run));
}

function child(parent: Command, name: string): Command {
  const words = WORDS.get(parent);
  if (words === undefined) return parent.command(name);
  const named = words.includes(name);
  if (!named && (parent.parent === null || !isNamed(parent))) return LEFT_OUT;
  const command = parent.command(name);
  WORDS.set(command, named ? words : []);
  return command;
}

const isNamed = (command: Command): boolean => WORDS.get(command)?.length !== 0;

function prepare(command: Command, text: CommandText): Command {
  TEXTS.set(command, text);
  return command
    .description(text.summary)
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .configureHelp({ formatHelp })
    .exitOverride();
}

/** Every command has these, after its own. */
function withCommonOptions(command: Command): Command {
  return command.option("--json", "JSON on stdout, errors as JSON on stderr").option("--no-color", "no colours");
}

/** Was the flag given anywhere on the way to this command: `sparky --json agent status` too. */
export function globalFlags(command: Command): { json: boolean; color: boolean } {
  const chain: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) chain.push(at);
  const options = chain.map((each) => each.opts<{ json?: boolean; color?: boolean }>());
  return { json: options.some((each) => each.json === true), color: options.every((each) => each.color !== false) };
}

export function everyCommand(command: Command, fn: (command: Command) => void): void {
  fn(command);
  command.commands.forEach((child) => everyCommand(child, fn));
}

/** How wide a help text may be: as the terminal is, and as it comes for everything else. */
export const helpWidth = ({ isTerminal, columns }: Sink): number => (isTerminal ? columns : Number.POSITIVE_INFINITY);

export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function formatHelp(command: Command, helper: Help): string {
  const list = (title: string, rows: readonly (readonly [string, string])[]): string[] => {
    if (rows.length === 0) return [];
    const width = Math.max(...rows.map(([term]) => term.length));
    return ["", `${title}:`, ...rows.map(([term, words]) => `  ${term.padEnd(width)}  ${words}`.trimEnd())];
  };
  const term = (each: Command): string =>
    [each.name(), ...helper.visibleArguments(each).map((arg) => bracketed(arg))].join(" ");
  const more = TEXTS.get(command)?.more;
  const usage = [pathOf(command), ...(command.commands.length > 0 ? ["<command>"] : ["[options]"])];
  const lines = [
    command.description(),
    "",
    "Examples:",
    ...(TEXTS.get(command)?.examples ?? []).map((example) => `  $ ${example}`),
    "",
    "Usage:",
    `  ${[...usage, ...helper.visibleArguments(command).map((arg) => bracketed(arg))].join(" ")}`,
    ...list(
      "Commands",
      helper.visibleCommands(command).map((each) => [term(each), each.description()]),
    ),
    ...list(
      "Arguments",
      helper.visibleArguments(command).map((arg) => [arg.name(), arg.description]),
    ),
    ...list(
      "Options",
      helper.visibleOptions(command).map((option) => [option.flags, option.description]),
    ),
    ...(more === undefined ? [] : ["", more]),
    "",
  ];
  return foldLines(lines.join("\n"), helper.helpWidth ?? Number.POSITIVE_INFINITY);
}

function bracketed(arg: { name(): string; required: boolean; variadic: boolean }): string {
  const name = `${arg.name()}${arg.variadic ? "..." : ""}`;
  return arg.required ? `<${name}>` : `[${name}]`;
}

// --- values of options ---------------------------------------------------------------------------------------------

/** An option that may be given many times, one value each. */
export function repeated(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^-?\d+$/.test(value) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

export function positive(value: string): number {
  const number = Number(value);
  if (/^\d*\.?\d+$/.test(value) && number > 0) return number;
  throw new InvalidArgumentError("It must be a number above 0.");
}

/** The words that a parser made by `oneOf` lets through. */
const CHOICES = new WeakMap<object, readonly string[]>();

/** `meant` reads other words for them. */
export function oneOf(
  values: readonly string[],
  meant: (word: string) => string = (word) => word,
): (value: string) => string {
  const parse = (word: string): string => {
    const value = values.includes(word) ? word : meant(word);
    if (values.includes(value)) return value;
    throw new InvalidArgumentError(`It must be one of: ${values.join(", ")}.`);
  };
  CHOICES.set(parse, values);
  return parse;
}

/** What an option's value may be, where that is one of some words. */
export function choicesOf({ parseArg }: Option): readonly string[] {
  return (parseArg === undefined ? undefined : CHOICES.get(parseArg)) ?? [];
}

export const isRepeated = ({ parseArg }: Option): boolean => parseArg === repeated;

/** ISO 8601 with a zone as it is, without one in this machine's zone. */
export function time(value: string): string {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00` : value;
  const at = /^\d{4}-\d{2}-\d{2}T/.test(full) ? new Date(full) : new Date(Number.NaN);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError("It must be a time such as 2030-01-15T09:00 or 2030-01-15T09:00:00Z.");
}
