import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tempHome } from "../../test/kit/temp-home.ts";
import { commandsIn, faultOf, isCovered, suggestedRules } from "./command-rules.ts";

test.each([
  ["git log --oneline", ["git log *"]],
  ["git log", ["git log *"]],
  ["npm test", ["npm test"]],
  ["git status && git log -3 | head -n 1", ["git status", "git log *", "head *"]],
  ["ls 'a b' \"c d\" e\\ f; pwd\nls", ["ls *", "pwd"]],
  ["ls 2>&1 >/dev/null </dev/null &", ["ls *"]],
  ["! grep -q x y", ["grep *"]],
  ["find . -name '*.ts' # all", ["find *"]],
  ["env", ["env"]],
  ["bash -c 'ls'", ["bash -c ls"]],
])("%j is covered by %j", async (line, rules) => {
  expect(await isCovered(line, rules)).toBe(true);
});

const NOT_COVERED: readonly (readonly [string, readonly string[]])[] = [
  ["git log; rm -r x", ["git log *"]],
  ["git logs", ["git log *"]],
  ["npm test -- --x", ["npm test"]],
  ["git log && npm test", ["git log *"]],
  ["git log\nrm x", ["git log *"]],
  ["git log & rm x", ["git log *"]],
  ["git log | tee x", ["git log *"]],
  ...[
    "ls $(rm x)",
    "ls `rm x`",
    "ls $HOME",
    'ls "$(rm x)"',
    "ls > x",
    "ls >> x",
    "ls >| x",
    "ls <> x",
    "ls &> x",
    "ls >& x",
    "ls < x",
    "ls <(rm x)",
    "ls <<< x",
    "ls <<E\n$(rm x)\nE",
    "PATH=. ls",
    "ls() { rm x; }; ls",
    "(ls)",
    "{ ls; }",
    "if ls; then ls; fi",
    "for a in b; do ls; done",
    "ls *",
    "ls ?",
    "ls [a]",
    "ls {a,b}",
    "ls ~",
    "time ls",
    "ls |& ls",
    "ls\r",
    "ls\u00a0x",
    "l\\\ns",
    "ls $'a'",
    'ls $"a"',
    "alias ls='rm x'; ls",
    "eval ls",
    ". ls",
    "exec ls",
    "command ls",
    "sudo ls",
    "env ls",
    "xargs ls",
    "nohup ls",
    "ssh h ls",
    "bash -c ls",
    "/usr/bin/env ls",
    "python3.12 -c 1",
    "ls 'a",
    "",
    "trap ls EXIT",
    "export PATH=.; ls",
    "cd x && ./ls",
    "case ls in ls) ls;; esac",
    "\\ls $x",
    "ls; }",
    "ls 3>&1x",
  ].map((line) => [line, ["ls *", "ls", "x *", "cd *", "./ls *", "time *", "a *", "E"]] as const),
  ...["sudo ls", "env ls", "xargs rm", "bash -c ls", "/usr/bin/sudo ls", "python3.12 x"].map(
    (line) => [line, [`${line.split(" ")[0]} *`]] as const,
  ),
  ...["-exec rm {} +", "-exec rm x ;", "-execdir a", "-ok a", "-delete", "-fprint a"].map(
    (rest) => [`find . ${rest}`, ["find *", "find . *", "rm *"]] as const,
  ),
  ["git log --output=x", ["git log *"]],
  ["git grep -nOtouch x", ["git grep *"]],
  ["git grep --open=touch x", ["git grep *"]],
  ["git ls-remote --upload-p=touch .", ["git ls-remote *"]],
  ["git rebase -ix touch HEAD~1", ["git rebase *"]],
  ["git rebase --exec touch HEAD~1", ["git rebase *"]],
  ["git clone --template=hooks . x", ["git clone *"]],
  ["git format-patch --output-dir=/x -1", ["git format-patch *"]],
  ["uniq a b", ["uniq *"]],
  ["date -us 2020-01-01", ["date *"]],
  ["file -bC -m x", ["file *"]],
  ["git -c core.pager=x log", ["git *", "git log *"]],
  ["rg --pre=x y", ["rg *"]],
];

test.each(NOT_COVERED)("%j is not covered by %j", async (line, rules) => {
  expect(await isCovered(line, rules)).toBe(false);
});

test.each([
  ["git log -3 | head -n 1", ["git log *", "head *"]],
  ["make install", ["make install"]],
  ["rm -r 'a b'", ["rm -r 'a b'"]],
  ["sudo ls", ["sudo ls"]],
  ["ls $(pwd)", []],
  ["ls > x", []],
  ["eval ls", []],
])("for %j the rules %j are suggested", async (line, rules) => {
  expect(await suggestedRules(line)).toEqual(rules);
});

/** Each runs, or can be told to run, whatever stands behind its first words. */
test.each([
  "git config core.pager x",
  "git bisect run x",
  "git submodule foreach x",
  "git commit -m x",
  "git push origin main",
  "npm exec x",
  "npm x y",
  "npm run build",
  "npm install x",
  "npm test",
  "pnpm dlx x",
  "yarn node x.js",
  "cargo run",
  "go run x.go",
  "uv run x",
  "pip install x",
  "gh alias set x y",
  "npx x",
  "node x.js",
  "python x.py",
  "python3.12 -m x",
  "make",
  "make install",
  "bash x.sh",
  "env x",
  "docker run x",
  "find . -exec x ';'",
  "find . -delete",
  "./x",
  "x",
])("%j is suggested as the whole command, or not at all: never with more to follow", async (line) => {
  for (const rule of await suggestedRules(line)) {
    expect(rule).not.toMatch(/\*$/);
    expect(await isCovered(`${line} y`, [rule])).toBe(false);
  }
});

test.each([
  ["git status", ["git status *"]],
  ["git diff HEAD", ["git diff *"]],
  ["npm ls", ["npm ls *"]],
  ["pip show x", ["pip show *"]],
  ["systemctl status x", ["systemctl status *"]],
  ["rg x", ["rg *"]],
])("%j only looks: what is suggested is %j", async (line, rules) => {
  expect(await suggestedRules(line)).toEqual(rules);
});

test("a rule that covers too much, or that is no command, is refused in words", async () => {
  for (const rule of [
    "sudo *",
    "bash *",
    "git *",
    "eval x",
    "alias *",
    "a; b",
    "a | b",
    "$(a)",
    "*",
    "",
    "a > b",
    "a\nb",
    "git config *",
    "git config --global *",
    "npm exec *",
    "pnpm dlx *",
    "uv run *",
    "npx *",
    "node *",
    "python *",
    "make *",
  ])
    expect(await faultOf(rule), rule).toMatch(/./);
  for (const rule of ["git log *", "npm test", "sudo ls", "grep 'a;b' *"]) expect(await faultOf(rule), rule).toBeNull();
});

test.each(["constructor", "toString", "__proto__", "hasOwnProperty a", "git constructor", "npm toString x"])(
  "a program or verb called like what every object has is one like any other: %s",
  async (line) => {
    expect(await isCovered(line, ["ls *"])).toBe(false);
    expect(await isCovered(line, await suggestedRules(line))).toBe(true);
    expect(await isCovered(`${line} more`, [`${line} *`])).toBe(true);
  },
);

test("what is suggested covers what it is suggested for", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), async (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
      const rules = await suggestedRules(line);
      if (rules.length > 0) expect(await isCovered(line, rules)).toBe(true);
    }),
  );
});

/** Pieces of which lines are made: some hide another command from who only looks at the first word. */
const PIECES = [
  ...[
    "ok",
    "no",
    "ok a",
    "no a",
    "'ok'",
    "\\ok",
    "o\\k",
    '"no"',
    "a",
    "-x",
    "''",
    " ",
    "  ",
    "\t",
    "\n",
    ";",
    "&",
    "&&",
    "||",
    "|",
  ],
  ...[
    "|&",
    "!",
    "$(no)",
    "`no`",
    '"$(no)"',
    '"`no`"',
    "$((1))",
    "${x:-$(no)}",
    "$x",
    "(no)",
    "{ no; }",
    "ok() { no; }",
    "#",
    "# x\n",
  ],
  ...[
    "> f",
    ">>f",
    "2>f",
    "2>&1",
    ">&2",
    "&>f",
    ">/dev/null",
    "</dev/null",
    "<<E\n$(no)\nE\n",
    "<<<no",
    "<(no)",
    "x=1",
    "PATH=.",
    "'",
    '"',
  ],
  ...[
    "\\",
    "\\\n",
    "if ok; then no; fi",
    "eval no",
    "command no",
    "exec no",
    "alias ok=no\n",
    "trap no EXIT",
    "time",
    "*",
    "{ok,no}",
    ")",
    "}",
  ],
  ...[
    "case a in a) no;; esac",
    "$'\\x41'",
    "[[",
    "then",
    "do",
    "\r",
    "\u00a0",
    "é",
    "set -- no",
    ". ./f",
    "ok;no",
    "ok&no",
    "ok|no",
  ],
];

test("whatever a line is made of: if a rule covers it, the system's own shell runs nothing else, and writes nothing", async () => {
  const home = await tempHome();
  const bin = join(home, "bin");
  const work = join(home, "work");
  const log = join(home, "log");
  mkdirSync(bin);
  for (const name of ["ok", "no"]) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >> ${log}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  let covered = 0;
  let others = 0;
  const line = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
  const begun = fc.oneof(
    line,
    line.map((rest) => `ok ${rest}`),
  );
  await fc.assert(
    fc.asyncProperty(begun, async (text) => {
      if (!(await isCovered(text, ["ok *"]))) return void others++;
      covered++;
      rmSync(work, { recursive: true, force: true });
      rmSync(log, { force: true });
      mkdirSync(work);
      try {
        const env = { PATH: bin };
        execFileSync("/bin/sh", ["-c", `${text}\nwait`], { cwd: work, env, stdio: "ignore", timeout: 20_000 });
      } catch {
        // It may fail; what counts is what has run.
      }
      expect(existsSync(log) ? readFileSync(log, "utf8") : "", text).not.toContain("no");
      expect(readdirSync(work), text).toEqual([]);
    }),
    { numRuns: 3000 },
  );
  expect(covered).toBeGreaterThan(100);
  expect(others).toBeGreaterThan(1000);
});

test("a line that is nested very deep, or very long, is not understood, and costs nothing", async () => {
  expect(await commandsIn(`${"(".repeat(5000)}ls${")".repeat(5000)}`)).toBeNull();
  expect(await commandsIn(`ls ${"a".repeat(30_000)}`)).toBeNull();
});
