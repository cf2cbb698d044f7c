import type { Command } from "commander";
import { everyCommand, pathOf } from "../command/command.ts";

/** Words that other programs have for the same. */
const SAME = [
  ["delete", "remove", "rm", "uninstall"],
  ["list", "ls"],
  ["add", "create", "new", "install"],
  ["get", "show"],
  ["open", "login", "ui"],
] as const satisfies readonly (readonly string[])[];

/** The command that was meant by a name that does not exist after `group`: it has another name here, or another place. */
export function meantBy(name: string, group: Command): string | null {
  const names: readonly string[] = SAME.find((same) => same.some((each) => each === name)) ?? [];
  const beside = group.commands.find((each) => names.includes(each.name()));
  if (beside !== undefined) return called(beside);
  let root = group;
  while (root.parent !== null) root = root.parent;
  let elsewhere: Command | null = null;
  everyCommand(root, (command) => {
    if (isSameWord(command.name(), name) && command !== root) elsewhere ??= command;
  });
  return elsewhere === null ? null : called(elsewhere);
}

/** Of one or of several: `task`, `tasks`. */
const isSameWord = (a: string, b: string): boolean => a === b || a === `${b}s` || `${a}s` === b;

/** As it is typed, if nothing more is needed; else its help. */
const called = (command: Command): string =>
  command.commands.length === 0 && command.registeredArguments.length === 0
    ? pathOf(command)
    : `${pathOf(command)} --help`;
