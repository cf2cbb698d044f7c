import type { Command } from "commander";
import { buildProgram } from "../../src/cli/program/program.ts";
import { jsonWords } from "./json-words.ts";

/** The reference of the command line, from the same program that answers `--help`. */

/** Every command takes these: they are told once. */
const COMMON = ["--json", "--no-color", "--help"];

export function cliReference(): string {
  const json = jsonWords();
  return verbsOf(
    buildProgram(async () => {}),
    [],
  )
    .map(({ command, path }) => section(command, path, json(path.join(" "))))
    .join("\n");
}

/** Every path of words that names a command which does something, such as `agent tasks add`. */
export function commandPaths(): readonly string[] {
  return verbsOf(
    buildProgram(async () => {}),
    [],
  ).map(({ path }) => path.join(" "));
}

function verbsOf(command: Command, path: readonly string[]): { readonly command: Command; readonly path: string[] }[] {
  if (command.commands.length === 0) return [{ command, path: [...path] }];
  return command.commands.flatMap((child) => verbsOf(child, [...path, child.name()]));
}

function section(command: Command, path: readonly string[], json: string): string {
  const args = command.registeredArguments.map((arg) => {
    const word = `${arg.name()}${arg.variadic ? "..." : ""}`;
    return { term: arg.required ? `<${word}>` : `[${word}]`, description: arg.description };
  });
  const options = command.options
    .filter(({ long }) => !COMMON.includes(long ?? ""))
    .map(({ flags, description }) => ({ term: flags, description }));
  const rows = [...args, ...options].map(({ term, description }) => `| \`${term}\` | ${cell(description)} |`);
  return [
    `### sparky ${path.join(" ")}`,
    "",
    command.description(),
    "",
    ...(rows.length === 0 ? [] : ["| | |", "| --- | --- |", ...rows, ""]),
    "```sh",
    ...examplesOf(command),
    "```",
    "",
    ...(json === "" ? [] : [`With \`--json\`: ${json}.`, ""]),
  ].join("\n");
}

/** The lines that its help shows first. */
function examplesOf(command: Command): readonly string[] {
  const [, examples = ""] = command.helpInformation().split(/^Examples:\n|^\n?Usage:\n/m);
  return examples.split("\n").flatMap((line) => /^ {2}\$ (.*)$/.exec(line)?.[1] ?? []);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
