import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";

test.each([
  { words: "start", says: ["unknown command 'start'", "sparky chat start"] },
  { words: "tasks list", says: ["unknown command 'tasks'", "sparky agent tasks --help"] },
  { words: "task list", says: ["unknown command 'task'", "sparky agent tasks --help"] },
  { words: "schedules list", says: ["unknown command 'schedules'", "sparky agent schedule --help"] },
  { words: "login", says: ["unknown command 'login'", "sparky open"] },
  { words: "agent schedule remove x", says: ["unknown command 'remove'", "sparky agent schedule delete --help"] },
  { words: "mcp delete x", says: ["unknown command 'delete'", "sparky mcp remove --help"] },
  { words: "skills install x", says: ["unknown command 'install'", "sparky skills add --help"] },
  { words: "agnet status", says: ["unknown command 'agnet'. Did you mean agent?", "sparky --help"] },
  { words: "nonsense", says: ["unknown command 'nonsense'", "sparky --help"] },
])("`sparky $words` leads to what was meant", async ({ words, says: [message, hint] }) => {
  const { exit, stderr } = await sparky(words.split(" "));
  expect([exit, stderr]).toEqual([2, `error: ${message}\n  try: ${hint}\n`]);
});
