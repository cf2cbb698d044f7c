import { afterAll, beforeAll, expect, test } from "vitest";
import { errorBodySchema } from "../../src/wire/api.ts";
import { runLine, typed, type Line } from "./rig.ts";
import { shown } from "./scripted-cli.ts";
import { goldenHome } from "./seeded-home.ts";

process.env["TZ"] = "UTC";

let home: Awaited<ReturnType<typeof goldenHome>>;
beforeAll(async () => {
  home = await goldenHome();
});
afterAll(() => home[Symbol.asyncDispose]());

type Case = readonly [exit: number, command: string, line?: Line];
const stranger: Line = { server: true, token: "not-a-token" };

const CASES: { readonly [what: string]: readonly Case[] } = {
  "wrong usage": [
    [2, "agnet status"],
    [2, "agent tasks"],
    [2, "agent tasks get"],
    [2, "agent tasks get", { args: ["3f2a", "77aa"] }],
    [2, "agent tasks get", { args: ["3f2a", "--nope"] }],
    [2, "agent tasks list", { args: ["--status", "finished"] }],
    [2, "agent tasks list", { args: ["--limit", "0"] }],
    [2, "agent tasks add", { args: ["  "] }],
    [2, "agent tasks add", { args: ["Look", "--at", "tomorrow"] }],
    [2, "agent tasks add", { args: ["Look", "-m", "novalue"] }],
    [2, "agent tasks add", { args: ["Look", "--max-cost", "-1"] }],
    [2, "agent schedule add", { args: ["tidy", "every(1 second)", "Tidy"] }],
    [2, "agent schedule add", { args: ["tidy", "at(2026-02-30T09:00)", "Tidy"] }],
    [2, "agent schedule add", { args: ["tidy", "every(1 hour)", "Tidy", "--timezone", "Mars/Olympus"] }],
    [2, "agent schedule run"],
    [2, "approvals approve", { args: ["7kq2", "--scope", "always"] }],
    [2, "agent tasks delete", { args: ["3f2a"] }],
  ],
  "a file that does not go along": [
    [2, "agent tasks add", { args: ["Look", "--file", "/home/ada/.sparky/none.txt"] }],
    [2, "agent tasks add", { args: ["Look", "--file", "/home/ada/.sparky"] }],
    [2, "agent tasks add", { args: ["Look", ...Array<string>(11).fill("--file=/home/ada/.sparky/old.yaml")] }],
    [2, "chat send", { args: ["Look", "--file", "/home/ada/.sparky/none.txt"], server: true }],
  ],
  "an id that is too short, or the start of several": [
    [2, "agent tasks get", { args: ["3f2"] }],
    [2, "agent tasks get", { args: ["8kk2"] }],
    [2, "chats show", { args: ["8kk2"] }],
  ],
  "what is not there": [
    [5, "agent tasks get", { args: ["zzzz"] }],
    [5, "agent tasks add", { args: ["Look", "--chat", "zzzz"] }],
    [5, "agent tasks add", { args: ["Look", "--after", "zzzz"] }],
    [5, "agent schedule show", { args: ["nope"] }],
    [5, "agent schedule run", { args: ["nope"] }],
    [5, "chats show", { args: ["zzzz"] }],
    [5, "approvals approve", { args: ["zzzz"] }],
    [5, "approvals revoke", { args: ["zzzz"] }],
    [5, "graph show", { args: ["Nobody"] }],
    [5, "user login-link", { args: ["nobody"], server: true }],
  ],
  "a conflict with how things are": [
    [6, "agent tasks cancel", { args: ["3f2a"] }],
    [6, "agent tasks retry", { args: ["3f2a"] }],
    [6, "agent tasks update", { args: ["3f2a", "--priority", "1"] }],
    [6, "agent tasks delete", { args: ["w0rk", "--yes"] }],
    [6, "agent schedule add", { args: ["party", "every(1 hour)", "Sing"] }],
    [6, "approvals approve", { args: ["6pp0"] }],
    [6, "db restore", { args: ["/home/ada/.sparky/old.db", "--yes"], server: true }],
  ],
  "no server": [
    [3, "chat status"],
    [3, "chat stop"],
    [3, "chat restart"],
    [3, "chat send", { args: ["Hello"] }],
    [3, "agent tasks wait", { args: ["77aa"] }],
    [3, "agent tasks logs", { args: ["-f", "77aa"] }],
    [3, "agent tasks add", { args: ["Look", "--wait"] }],
    [3, "open"],
    [3, "agent tasks list", { env: { SPARKY_URL: "http://127.0.0.1:9", SPARKY_TOKEN: "t" } }],
  ],
  "somebody who is not signed in": [
    [4, "agent tasks list", stranger],
    [4, "agent status", stranger],
    [4, "agent tasks add", { ...stranger, args: ["Look"] }],
    [4, "chat send", { ...stranger, args: ["Hello"] }],
    [4, "verify", stranger],
  ],
  "a setting that is not allowed": [[1, "agent tasks list", { env: { SPARKY_AGENT_CONCURRENCY: "many" } }]],
};

test.each(Object.keys(CASES).map((what) => ({ what })))(
  "F59 $what: what is wrong and what to do, on stderr, with its exit code",
  async ({ what }) => {
    let text = "";
    for (const [exit, command, line = {}] of CASES[what] ?? []) {
      const path = command.split(" ");
      const words = await runLine(home.path, path, line, "pipe");
      const json = await runLine(home.path, path, line, "json");
      expect([command, line.args, words.exit, words.stdout]).toEqual([command, line.args, exit, ""]);
      expect([command, line.args, json.exit]).toEqual([command, line.args, exit]);
      text += shown(typed(path, line), words) + shown(`${typed(path, line)} --json`, json);
      // What has data to show all the same, such as that nothing runs, shows it.
      if (json.stderr === "") continue;
      const { error } = errorBodySchema.parse(JSON.parse(json.stderr));
      expect(error.hint, error.message).toBeTruthy();
      if (command !== "agent tasks") expect(words.stderr).toBe(`error: ${error.message}\n  try: ${error.hint}\n`);
    }
    await expect(text).toMatchFileSnapshot(`errors/${what.replaceAll(/[ ,]+/g, "-")}.txt`);
  },
);
