import type { Command } from "commander";
import { expect, test } from "vitest";
import { wantedIn, type Wanted } from "./complete-words.ts";
import { buildProgram } from "./program.ts";

const program = buildProgram(async () => {});

function wanted(line: string): Pick<Wanted, "before" | "part" | "source"> & { fits: readonly string[] } {
  const { words, ...rest } = wantedIn(program, line.split(" "));
  return { ...rest, fits: words.map(({ value }) => value).filter((value) => value.startsWith(rest.part)) };
}

test.each([
  ["ver", ["verify"]],
  ["agent sch", ["schedule"]],
  ["agent tasks list --st", ["--status"]],
  ["agent tasks list -s in", ["in_progress"]],
  ["agent tasks list --status=in", ["in_progress"]],
  ["agent tasks list --status pending --st", []],
  ["agent tasks add x -m a=1 --met", ["--metadata"]],
  ["agent schedule edit x --overlap ", ["skip", "queue", "cancel"]],
  ["chat --n", ["--new", "--no-color"]],
  ["completion ", ["bash", "zsh", "fish"]],
  ["user role ann me", ["member"]],
  ["help agent ta", ["tasks"]],
  ["help exit", ["exit-codes"]],
  ["agent nonsense ta", []],
  ["nonsense ", []],
  ["agent tasks list -- --st", []],
  ["agent tasks list --unknown=x", []],
])("after %j there may be %j", (line, fits) => expect(wanted(line).fits).toEqual(fits));

test.each([
  ["agent tasks get 3f", "tasks", "3f"],
  ["agent tasks add x --chat c4", "chats", "c4"],
  ["agent tasks add x --chat=c4", "chats", "c4"],
  ["--json agent tasks get ", "tasks", ""],
  ["agent tasks logs -f 3f", "tasks", "3f"],
  ["chat --chat c4", "chats", "c4"],
  ["chats stop ", "chats", ""],
  ["approvals approve ", "approvals", ""],
  ["approvals answer ", "questions", ""],
  ["approvals revoke ", "grants", ""],
  ["mcp test me", "servers", "me"],
  ["mcp add me", null, "me"],
  ["skills approve ", "skills", ""],
  ["secret remove WE", "secrets", "WE"],
  ["secret set WE", "secrets", "WE"],
  ["user disable an", "people", "an"],
  ["chats share 3f2a an", "people", "an"],
  ["user add an", null, "an"],
  ["memory show fa", "facts", "fa"],
  ["memory review fa", "facts", "fa"],
  ["memory correct fact I", null, "I"],
  ["token revoke ba", "tokens", "ba"],
  ["agent schedule run a b ", "schedules", ""],
  ["agent schedule add sm", null, "sm"],
  ["agent tasks add 3f", null, "3f"],
  ["config get ", "settings", ""],
  ["config set SPARKY_PORT ", null, ""],
  ["agent schedule import ", "files", ""],
  ["chat send --prompt ", "prompts", ""],
  ["verify --home ", "folders", ""],
  ["chat start --env-file ", "files", ""],
])("in %j it is one of the %s", (line, source, part) => expect(wanted(line)).toMatchObject({ source, part }));

const THING = /^(ids?|names?|file|folder)$/;

/** A command that takes an id completes it: a new one has to be told where from. */
test("every argument and option that names a thing has somewhere to be completed from", () => {
  const gaps: string[] = [];
  let seen = 0;
  const walk = (command: Command, path: readonly string[]): void => {
    command.commands.forEach((child) => walk(child, [...path, child.name()]));
    const before: string[] = [];
    for (const argument of command.registeredArguments) {
      const { words, source } = wantedIn(program, [...path, ...before, ""]);
      before.push("x");
      if (!THING.test(argument.name())) continue;
      seen += 1;
      if (words.length === 0 && source === null) gaps.push(`${path.join(" ")} <${argument.name()}>`);
    }
    for (const option of command.options) {
      if (!THING.test(/<([^>]+)>/.exec(option.flags)?.[1] ?? "")) continue;
      const { words, source } = wantedIn(program, [...path, option.long ?? "", ""]);
      if (words.length === 0 && source === null) gaps.push(`${path.join(" ")} ${option.flags}`);
    }
  };
  walk(program, []);
  expect(gaps).toEqual([
    "agent schedule add <name>",
    "mcp add <name>",
    "user add <name>",
    "user invite <name>",
    "token add <name>",
  ]);
  expect(seen).toBeGreaterThan(25);
});
