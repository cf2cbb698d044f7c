import type { Command, ParsedScript, Redirection, Statement, Word } from "unbash";

/**
 * Rules that let commands through unasked. A rule is a command in words: `git log *` covers what begins with these words,
 * `npm test` that very command. It covers a line only if the line is understood whole and each command of it is covered; what
 * a shell would make of anything else (substitutions, patterns, files to write, functions, loops) is never guessed.
 */

/** The words of each command of a line; null: it is not understood, so no rule covers it. */
export type Commands = readonly (readonly string[])[] | null;

export const LONGEST_RULE = 1000;
const LONGEST_LINE = 20_000;

/** They run what their arguments say, or can be told to: named whole, or not at all. */
const RUNS_OTHERS = new Set(
  (
    "sudo doas su runuser pkexec env xargs parallel nohup nice ionice chrt taskset timeout time stdbuf setsid setpriv prlimit " +
    "chroot unshare nsenter bwrap flock watch script strace ltrace gdb ssh scp sftp rsync bash sh dash ash zsh ksh mksh fish " +
    "csh tcsh busybox toybox python perl ruby node deno bun php lua awk gawk mawk nawk sed tclsh expect ed ex vi vim nvim " +
    "emacs nano less more man fd tar cpio sort uniq split make docker podman kubectl npx pnpx bunx uvx pipx systemd-run at batch " +
    "crontab tmux screen command builtin test ["
  ).split(" "),
);
/** They change what the words after them mean. */
const NEVER = new Set(
  ". source eval exec trap alias unalias export readonly unset set shopt hash enable declare typeset local".split(" "),
);
/** Words with which a program runs or writes what it otherwise would not. */
const NOT_WITH: ReadonlyMap<string, RegExp> = byName({
  find: /^-(exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls)$/,
  rg: /^--(pre|hostname-bin)(=|$)/,
  // Short ones may stand together in one word: `-nO`.
  git: /^-[A-Za-z0-9]*[cOx]/,
  date: /^(-[uR]*s|--s)/,
  file: /^(-[a-zA-Z]*C|--c)/,
});
/** The long ones of git, which takes any beginning of them. */
const NOT_WITH_GIT =
  "config-env exec-path upload-pack receive-pack ext-diff extcmd textconv open-files-in-pager output output-directory template"
    .split(" ")
    .map((word) => `--${word}`);
/** Programs of many verbs: the first word says little. */
const VERBS = new Set("git npm pnpm yarn cargo go pip pip3 uv apt brew systemctl journalctl gh".split(" "));
/** Of those the verbs that run, or have run, whatever is said behind them. */
const RUNNING_VERBS: ReadonlyMap<string, ReadonlySet<string>> = verbsOf({
  git: "config bisect submodule filter-branch difftool mergetool",
  npm: "exec x",
  pnpm: "exec dlx",
  yarn: "exec dlx node",
  go: "run",
  uv: "run tool",
});
/** Those that only look, with whatever words behind them that are not refused: only these are suggested with more to follow. */
const LOOKING_VERBS: ReadonlyMap<string, ReadonlySet<string>> = verbsOf({
  git:
    "status log diff show blame shortlog describe rev-parse rev-list ls-files ls-tree name-rev merge-base cat-file " +
    "count-objects grep",
  npm: "ls list outdated view why",
  pnpm: "ls list outdated why",
  yarn: "list outdated why",
  cargo: "tree",
  go: "version",
  pip: "list show freeze check",
  pip3: "list show freeze check",
  apt: "list show search policy",
  brew: "list info search",
  systemctl: "status show list-units is-active is-enabled",
});
/** They only read. */
const READERS = new Set(
  "ls cat head tail wc grep rg pwd echo printf date stat du df file cut tr diff which basename dirname true false".split(
    " ",
  ),
);

/** A program may be called `constructor`: what an object has by itself is not what is known of one. */
function byName<T>(rows: { readonly [name: string]: T }): ReadonlyMap<string, T> {
  return new Map(Object.entries(rows));
}

function verbsOf(rows: { readonly [name: string]: string }): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(rows).map(([name, verbs]) => [name, new Set(verbs.split(" "))]));
}

export async function commandsIn(line: string): Promise<Commands> {
  // Where shells differ on what is a blank or a line, and what continues one, nothing is understood.
  if (line.length > LONGEST_LINE || /[^\P{C}\n\t]|(?! )\p{Z}|\\\n/u.test(line)) return null;
  const { parse } = await import("unbash");
  const script: ParsedScript = parse(line);
  if ((script.errors?.length ?? 0) > 0) return null;
  const commands: (readonly string[])[] = [];
  for (const statement of script.commands) {
    for (const command of partsOf(statement)) {
      const words = command === null ? null : wordsOf(command);
      if (words === null) return null;
      commands.push(words);
    }
  }
  return commands.length === 0 ? null : commands;
}

/** The simple commands of a statement; null in place of anything else. */
function partsOf({ command }: Statement): readonly (Command | null)[] {
  const pipelines = command.type === "AndOr" ? command.commands : [command];
  return pipelines.flatMap((each): readonly (Command | null)[] => {
    if (each.type === "Command") return [each];
    if (each.type !== "Pipeline" || each.operators.includes("|&")) return [null];
    if (each.prefixes.some(({ type }) => type !== "Negation")) return [null];
    return each.commands.map((part) => (part.type === "Command" ? part : null));
  });
}

function wordsOf({ name, prefix, suffix }: Command): readonly string[] | null {
  if (name === undefined || !prefix.every(isHarmless)) return null;
  const words = [literal(name)];
  for (const part of suffix) {
    if (part.type === "Word") words.push(literal(part));
    else if (part.type === "Assignment" || !isHarmless(part)) return null;
  }
  const known = words.filter((word) => word !== null);
  const [first = ""] = known;
  return known.length < words.length || first === "" || RESERVED.has(first) ? null : known;
}

/** Words that mean something of their own to one shell or another. */
const RESERVED = new Set(
  "! { } [[ ]] if then else elif fi for while until do done case esac in select function time coproc".split(" "),
);

/** To nowhere, or where something goes already. */
function isHarmless(part: Redirection | { readonly type: "Assignment" }): boolean {
  if (part.type !== "Redirect" || part.target === undefined) return false;
  if (part.descriptor !== undefined && part.descriptor.type !== "FileDescriptor") return false;
  const target = literal(part.target);
  if (part.operator === ">&") return target !== null && /^[0-9]$/.test(target);
  return [">", ">>", "<"].includes(part.operator) && target === "/dev/null";
}

/** null: the shell makes something else of it than what stands there. */
function literal({ text, value, parts = [] }: Word): string | null {
  const isPlain = (part: (typeof parts)[number]): boolean =>
    part.type === "Literal" ||
    part.type === "SingleQuoted" ||
    (part.type === "DoubleQuoted" && part.parts.every(({ type }) => type === "Literal"));
  if (!parts.every(isPlain)) return null;
  const bare = text.replace(/'[^']*'|"(?:[^"\\]|\\.)*"|\\./gs, "");
  return /[$`*?[\]{}()<>;&|~!'"\\]/.test(bare) ? null : value;
}

interface Rule {
  readonly words: readonly string[];
  /** Further words are covered too. */
  readonly open: boolean;
}

/** What is wrong with a rule, in words; null: nothing. */
export async function faultOf(text: string): Promise<string | null> {
  const rule = await ruleOf(text);
  if (rule === null) return "it must be one command in plain words, with * at its end for anything further";
  const [name = ""] = rule.words;
  if (NEVER.has(baseOf(name))) return `${name} changes what later commands mean, so each use is asked about`;
  if (rule.open && runsOthers(name)) return `${name} can run any other command: name the whole command, without *`;
  if (rule.open && VERBS.has(baseOf(name)) && (rule.words[1] ?? "-").startsWith("-"))
    return `${name} does many things: name which, as in ${name} ${name === "git" ? "log" : "list"} *`;
  if (rule.open && RUNNING_VERBS.get(baseOf(name))?.has(rule.words[1] ?? "") === true)
    return `${name} ${rule.words[1] ?? ""} can run any other command: name the whole command, without *`;
  return null;
}

async function ruleOf(text: string): Promise<Rule | null> {
  if (text.length > LONGEST_RULE || text.includes("\n")) return null;
  const [, start, star] = /^\s*(.*?)(\s+\*)?\s*$/.exec(text) ?? [];
  const commands = await commandsIn(start ?? "");
  const [words] = commands ?? [];
  if (commands?.length !== 1 || words === undefined || /[|&;<>#]/.test((start ?? "").replace(/'[^']*'|"[^"]*"/g, "")))
    return null;
  return { words, open: star !== undefined };
}

/** Whether each command of the line is covered by one of the rules. */
export async function isCovered(line: string, rules: readonly string[]): Promise<boolean> {
  if (rules.length === 0) return false;
  const commands = await commandsIn(line);
  if (commands === null) return false;
  const known: Rule[] = [];
  for (const text of rules) {
    const rule = (await faultOf(text)) === null ? await ruleOf(text) : null;
    if (rule !== null) known.push(rule);
  }
  const moves = commands.some(([name = ""]) => ["cd", "pushd", "popd"].includes(name));
  return commands.every((words) => {
    const [name = ""] = words;
    // What a relative path names depends on where one is.
    if (moves && name.includes("/") && !name.startsWith("/")) return false;
    return !NEVER.has(baseOf(name)) && known.some((rule) => covers(rule, words));
  });
}

function covers({ words, open }: Rule, command: readonly string[]): boolean {
  if (!words.every((word, at) => command[at] === word)) return false;
  if (command.length === words.length) return true;
  const name = baseOf(command[0] ?? "");
  const isRefused = (word: string): boolean => {
    const [long = ""] = word.split("=");
    if (name === "git" && long.length > 2 && NOT_WITH_GIT.some((each) => each.startsWith(long))) return true;
    return NOT_WITH.get(name)?.test(word) === true;
  };
  return open && !command.slice(words.length).some(isRefused);
}

/** Rules that would cover the line, as narrow as they are useful; none where no rule may. */
export async function suggestedRules(line: string): Promise<readonly string[]> {
  const commands = (await commandsIn(line)) ?? [];
  const rules = [...new Set(commands.map(suggested))];
  return (await isCovered(line, rules)) ? rules : [];
}

function suggested(words: readonly string[]): string {
  const [name = "", verb = ""] = words;
  const whole = words.map(quoted).join(" ");
  if (READERS.has(name)) return `${name} *`;
  return LOOKING_VERBS.get(name)?.has(verb) === true ? `${name} ${verb} *` : whole;
}

const quoted = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const baseOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

function runsOthers(name: string): boolean {
  const base = baseOf(name);
  return RUNS_OTHERS.has(base) || RUNS_OTHERS.has(base.replace(/[\d.]+$/, ""));
}
