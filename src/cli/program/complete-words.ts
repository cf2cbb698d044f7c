import type { Argument, Command, Option } from "commander";
import { PREFERENCE_NAMES, PREFERENCE_WORDS } from "../../core/preferences.ts";
import { choicesOf, isRepeated } from "../command/command.ts";
import { ROLES } from "../../wire/roles.ts";
import { SHELLS } from "./shells.ts";
import { TOPICS } from "./help-topics.ts";
import type { Name, NameKind } from "../deps.ts";

/** What may stand in the place of the last of some words. Pure. */

export type Source = NameKind | "settings" | "zones" | "prompts" | "files" | "folders";

export interface Wanted {
  /** What stands before the part that is completed, in the same word: `--status=`. */
  readonly before: string;
  /** What there is of it. */
  readonly part: string;
  /** Known already. */
  readonly words: readonly Name[];
  /** Where else to look. */
  readonly source: Source | null;
}

export function wantedIn(program: Command, typed: readonly string[]): Wanted {
  // `chat` without a command is the conversation, with that one's options.
  const talks = typed[0] === "chat" && typed.length > 1 && typed[1]?.startsWith("-");
  const line = talks ? ["client", "start", ...typed.slice(1)] : typed;
  const part = line.at(-1) ?? "";
  const nothing: Wanted = { before: "", part, words: [], source: null };
  let at = program;
  let place = 0;
  let waiting: Option | null = null;
  let bare = false;
  const given = new Set<Option>();
  for (const word of line.slice(0, -1)) {
    if (waiting !== null) waiting = null;
    else if (bare) place += 1;
    else if (word === "--") bare = true;
    else if (word.startsWith("-") && word.length > 1) {
      const option = optionNamed(at, word.split("=", 1)[0] ?? "");
      if (option !== undefined) given.add(option);
      if (option?.required && !word.includes("=")) waiting = option;
    } else {
      const child = place === 0 ? at.commands.find((each) => each.name() === word) : undefined;
      if (child !== undefined) at = child;
      else place += 1;
    }
  }
  if (waiting !== null) return { ...nothing, ...valuesOf(waiting) };
  const equals = part.indexOf("=");
  if (!bare && part.startsWith("--") && equals > 0) {
    const option = optionNamed(at, part.slice(0, equals));
    if (option === undefined) return nothing;
    return { before: part.slice(0, equals + 1), part: part.slice(equals + 1), ...valuesOf(option) };
  }
  if (!bare && part.startsWith("-")) return { ...nothing, words: optionsOf(at, given) };
  if (at.commands.length > 0) return place === 0 ? { ...nothing, words: commandsOf(at) } : nothing;
  const argument = at.registeredArguments[place] ?? at.registeredArguments.findLast((each) => each.variadic);
  return argument === undefined ? nothing : { ...nothing, ...argumentOf(program, at, argument, line.slice(1, -1)) };
}

const chain = (command: Command): readonly Command[] =>
  command.parent === null ? [command] : [command, ...chain(command.parent)];

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

function optionsOf(command: Command, given: ReadonlySet<Option>): readonly Name[] {
  const own = command.options.filter((option) => !option.hidden && (!given.has(option) || isRepeated(option)));
  return [
    ...own.flatMap(({ long, description }) => (long ? [{ value: long, hint: description }] : [])),
    { value: "--help", hint: "show this help" },
  ];
}

const commandsOf = (command: Command): readonly Name[] =>
  command.commands.map((each) => ({ value: each.name(), hint: each.description() }));

const OPTION_SOURCES: { readonly [flag: string]: Source } = {
  "--chat": "chats",
  "--after": "tasks",
  "--schedule": "schedules",
  "--prompt": "prompts",
  "--timezone": "zones",
};

const PEOPLE: readonly Name[] = ["owner", "agent"].map((value) => ({ value, hint: "" }));

function valuesOf(option: Option): Pick<Wanted, "words" | "source"> {
  if (option.long === "--who") return { words: PEOPLE, source: null };
  const words = choicesOf(option).map((value) => ({ value, hint: "" }));
  const place = /<(file|folder)>/.exec(option.flags)?.[1];
  const source = place === undefined ? OPTION_SOURCES[option.long ?? ""] : place === "file" ? "files" : "folders";
  return { words, source: source ?? null };
}

const path = (command: Command): string =>
  chain(command)
    .slice(0, -1)
    .map((each) => each.name())
    .toReversed()
    .join(" ");

/** `<id>` is of the kind that the command is about. */
const ARGUMENT_SOURCES: readonly (readonly [command: RegExp, argument: RegExp, source: Source])[] = [
  [/^agent tasks /, /^id$/, "tasks"],
  [/^chats /, /^id$/, "chats"],
  [/^approvals revoke$/, /^id$/, "grants"],
  [/^approvals answer$/, /^id$/, "questions"],
  [/^mcp (?!add)/, /^name$/, "servers"],
  [/^skills (?!add)/, /^name$/, "skills"],
  [/^secret /, /^name$/, "secrets"],
  [/^(user|chats) /, /^name$/, "people"],
  [/^memory /, /^fact$/, "facts"],
  [/^token revoke$/, /^name$/, "tokens"],
  [/^approvals /, /^id$/, "approvals"],
  [/^agent schedule /, /^names?$/, "schedules"],
  [/^config /, /^name$/, "settings"],
  [/./, /^file$/, "files"],
  [/./, /^folder$/, "folders"],
];

/** What is made by the command is not there to choose from. */
const NEW = /^(agent schedule add|user (add|invite))$/;

function argumentOf(
  program: Command,
  command: Command,
  argument: Argument,
  before: readonly string[],
): Pick<Wanted, "words" | "source"> {
  const name = argument.name();
  const at = path(command);
  if (at === "completion") return { words: SHELLS.map((value) => ({ value, hint: "" })), source: null };
  if (at === "help") return { words: topicsAfter(program, before), source: null };
  if (at.startsWith("user ") && name === "role")
    return { words: ROLES.map((value) => ({ value, hint: "" })), source: null };
  if (at === "user login-link") return { words: PEOPLE, source: null };
  if (at.startsWith("settings ") && name === "name")
    return { words: PREFERENCE_NAMES.map((value) => ({ value, hint: PREFERENCE_WORDS[value] })), source: null };
  if (NEW.test(at)) return { words: [], source: null };
  const found = ARGUMENT_SOURCES.find(([where, what]) => where.test(at) && what.test(name));
  return { words: [], source: found?.[2] ?? null };
}

function topicsAfter(program: Command, words: readonly string[]): readonly Name[] {
  let at: Command | undefined = program;
  for (const word of words) at = at?.commands.find((each) => each.name() === word);
  if (at === undefined) return [];
  const topics = words.length === 0 ? TOPICS.map(({ name, summary }) => ({ value: name, hint: summary })) : [];
  return [...commandsOf(at), ...topics];
}
