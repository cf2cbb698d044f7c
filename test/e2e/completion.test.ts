import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll } from "vitest";

/** The shells themselves, at a terminal: what stands on the line after Tab. */

const BIN = join(import.meta.dirname, "../../bin");
const home = mkdtempSync(join(tmpdir(), "sparky-complete-"));
const env = {
  PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
  HOME: home,
  SPARKY_HOME: join(home, ".sparky"),
  TERM: "xterm",
  COLUMNS: "100",
  LANG: "C.UTF-8",
};
const sparky = (...args: string[]): string => execFileSync(join(BIN, "sparky"), args, { env, encoding: "utf8" }).trim();

const made = { task: "", other: "" };
beforeAll(() => {
  made.task =
    sparky("agent", "tasks", "add", "Check the links\u001b[31m of $(touch bad) the wiki", "--json").match(
      /"id":"(\w+)"/,
    )?.[1] ?? "";
  made.other = sparky("agent", "tasks", "add", "List my files", "--json").match(/"id":"(\w+)"/)?.[1] ?? "";
  mkdirSync(join(home, "work/a folder"), { recursive: true });
  writeFileSync(join(home, "work/some.yaml"), "");
});
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

const installed = (shell: string): boolean => {
  const found = spawnSync(shell, ["--version"], { env }).status === 0;
  // oxlint-disable-next-line no-console -- a gap in what was tested must be seen
  if (!found) console.warn(`\n${shell} is not installed, so its completion was NOT tested\n`);
  return found;
};

/** What a person does and sees at a terminal of this shell. */
class Terminal implements AsyncDisposable {
  readonly #child;
  screen = "";

  constructor(command: string) {
    this.#child = spawn("script", ["-qec", command, "/dev/null"], { env, cwd: join(home, "work") });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.screen += text));
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  async shows(what: RegExp): Promise<RegExpExecArray> {
    for (let tried = 0; tried < 1200; tried++) {
      const found = what.exec(this.screen);
      if (found !== null) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the terminal never showed ${what}: ${JSON.stringify(this.screen)}`);
  }

  /** Types the words and Tab; what stands on the line then. */
  async completed(words: string): Promise<string> {
    this.screen = "";
    this.type(`${words}\t\u0014`);
    const [, line = ""] = await this.shows(/<<([^>]*)>>/);
    this.type("\u0015");
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
  }
}

/** In every shell the same is expected of the same keys. */
async function expectCompletion(terminal: Terminal, unique: (value: string) => string): Promise<void> {
  const cases: readonly (readonly [typed: string, line: string])[] = [
    ["sparky appr", unique("sparky approvals")],
    ["sparky agent sch", unique("sparky agent schedule")],
    ["sparky agent tasks list --sta", unique("sparky agent tasks list --status")],
    ["sparky agent tasks list --status com", unique("sparky agent tasks list --status completed")],
    ["sparky agent tasks list -s in", unique("sparky agent tasks list -s in_progress")],
    [`sparky agent tasks get ${made.task.slice(0, 6)}`, unique(`sparky agent tasks get ${made.task}`)],
    ["sparky agent schedule show smart", unique("sparky agent schedule show smart_maintenance")],
    ["sparky agent schedule import so", unique("sparky agent schedule import some.yaml")],
    ["sparky verify --home a", "sparky verify --home a\\ folder/"],
    ["sparky config get SPARKY_POR", unique("sparky config get SPARKY_PORT")],
    ["sparky help exi", unique("sparky help exit-codes")],
    ["sparky nothing of the sort", "sparky nothing of the sort"],
  ];
  for (const [typed, line] of cases) expect(await terminal.completed(typed), typed).toBe(line);
}

test.runIf(installed("bash"))(
  "bash completes commands, options, values, ids, names and files",
  { timeout: 120_000 },
  async () => {
    await using terminal = new Terminal("bash --norc --noprofile -i");
    terminal.type(
      `PS1='$ '; eval "$(sparky completion bash)"; bind -x '"\\C-t": echo "<<$READLINE_LINE>>"'; echo rea''dy\n`,
    );
    await terminal.shows(/ready/);
    await expectCompletion(terminal, (line) => `${line} `);
    expect(await terminal.completed("sparky agent tasks list --status=pen")).toBe(
      "sparky agent tasks list --status=pending ",
    );
    expect(await terminal.completed("A=1 sparky agent tasks list -s fai")).toBe(
      "A=1 sparky agent tasks list -s failed ",
    );
    // Pressed twice it shows what there is, each with its words, and nothing in them moves the terminal or is run.
    terminal.screen = "";
    // Once more, for ids that begin alike: that is completed first.
    terminal.type("sparky agent tasks get \t\t\t");
    await terminal.shows(new RegExp(`${made.task} +\\(Check the links of \\$\\(touch bad\\) the wiki\\)`));
    await terminal.shows(new RegExp(`${made.other} +\\(List my files\\)`));
    expect(readdirSync(join(home, "work")).toSorted()).toEqual(["a folder", "some.yaml"]);
  },
);

test.runIf(installed("zsh"))(
  "zsh completes commands, options, values, ids, names and files",
  { timeout: 120_000 },
  async () => {
    await using terminal = new Terminal("zsh -f -i");
    terminal.type(
      "PS1='$ '; autoload -U compinit && compinit -u -D; show() { print -r -- \"<<$BUFFER>>\" }; zle -N show\n",
    );
    terminal.type(`bindkey '^T' show; bindkey '^U' kill-whole-line; eval "$(sparky completion zsh)"; echo rea''dy\n`);
    await terminal.shows(/ready/);
    await expectCompletion(terminal, (line) => `${line} `);
    terminal.screen = "";
    // Once more, for ids that begin alike: that is completed first.
    terminal.type("sparky agent tasks get \t\t\t");
    await terminal.shows(new RegExp(`${made.other} +-- List my files`));
  },
);

test.runIf(installed("fish"))(
  "fish completes commands, options, values, ids, names and files",
  { timeout: 120_000 },
  () => {
    const offered = (line: string): readonly string[] =>
      execFileSync("fish", ["-c", `sparky completion fish | source; complete -C '${line}'`], {
        env,
        cwd: join(home, "work"),
        encoding: "utf8",
      })
        .trim()
        .split("\n");
    expect(offered("sparky appr")).toEqual(["approvals\tWhat the agent asks before it acts, and what it asks you."]);
    expect(offered("sparky agent tasks list -s in")).toEqual(["in_progress"]);
    expect(offered(`sparky agent tasks get ${made.other.slice(0, 6)}`)).toEqual([`${made.other}\tList my files`]);
    expect(offered("sparky agent schedule show smart").join()).toContain("smart_maintenance");
    expect(offered("sparky agent schedule import so")).toEqual(["some.yaml"]);
    expect(offered("sparky nothing of the sort")).toEqual([""]);
  },
);

test("nothing is made, said or asked where there is nothing to complete from", async () => {
  const empty = join(home, "none");
  const quiet = (args: string[], change: object = {}) =>
    spawnSync(join(BIN, "sparky"), ["__complete", ...args], {
      env: { ...env, SPARKY_HOME: empty, ...change },
      encoding: "utf8",
    });
  for (const args of [
    ["zsh", "agent", "tasks", "get", ""],
    ["zsh"],
    [],
    ["bash"],
    ["bash", "9", "x", "sparky 'unclosed"],
    ["tcsh", "a"],
  ]) {
    expect(quiet(args), args.join(" ")).toMatchObject({ status: 0, stderr: "" });
  }
  expect(quiet(["zsh", "agent", "tasks", "get", ""]).stdout).toBe("");
  expect(quiet(["zsh", "agent", "tasks", "get", ""], { LOG_LEVEL: "loud" })).toMatchObject({
    status: 0,
    stdout: "",
    stderr: "",
  });
  expect(quiet(["zsh", "ver"], { LOG_LEVEL: "loud" }).stdout).toContain("verify");
  expect(quiet(["zsh", "chats", "show", ""], { SPARKY_URL: "http://127.0.0.1:1" })).toMatchObject({
    status: 0,
    stdout: "",
    stderr: "",
  });
  expect(readdirSync(home)).not.toContain("none");
});
