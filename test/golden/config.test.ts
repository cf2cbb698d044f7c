import { expect, test } from "vitest";
import type { Deps, Setting, SettingChange } from "../../src/cli/deps.ts";
import { sparky, views, type Stage } from "./scripted-cli.ts";

/** `sparky config`, with the settings played by a script. */

const file = "/home/ada/.sparky/.env";
const none = { file: null, default: null, allowed: "a model", secret: false, problem: null };
const port: Setting = {
  ...none,
  name: "SPARKY_PORT",
  value: "8123",
  origin: "home",
  file,
  default: "8000",
  allowed: "a port from 0 to 65535",
};
const key: Setting = { ...none, name: "OPENAI_API_KEY", value: "***", origin: "environment", secret: true };
const items: readonly Setting[] = [
  port,
  { ...none, name: "LOG_LEVEL", value: "info", origin: "default", default: "info" },
  { ...none, name: "SPARKY_MODEL", value: "openai/gpt-5", origin: "env-file", file: "/etc/sparky.env" },
  { ...none, name: "SPARKY_MODEL_URL", value: null, origin: "default" },
  { ...none, name: "SPARKY_DB_URL", value: null, origin: "default" },
  key,
];
const wrong = items.map((each) => (each === port ? { ...port, value: "80 80", problem: "SPARKY_PORT is wrong" } : each));

const kept: (readonly [name: string, value: string | null])[] = [];
function settings(change: Partial<SettingChange> = {}, found: readonly Setting[] = items, held = false): Stage {
  const deps: Partial<Deps> = {
    settings: async () => ({ file, problem: null, items: found }),
    changeSetting: async (name, value) => {
      kept.push([name, value]);
      const setting = { ...port, name, value: name.endsWith("_KEY") ? "***" : value };
      return { setting, file, changed: true, problem: null, takenUp: name !== "SPARKY_PORT", ...change };
    },
    homeState: async () => ({ held }),
  };
  return { deps };
}

test("what the commands for settings show, and how they end", async () => {
  const cases: readonly (readonly [argv: readonly string[], stage: Stage])[] = [
    [["config", "list"], settings()],
    [["config", "list"], settings({}, wrong)],
    [["config", "get", "sparky_port"], settings()],
    [["config", "get", "OPENAI_API_KEY"], settings()],
    [["config", "get", "SPARKY_MODEL_URL"], settings()],
    [["config", "get", "SPARKY_PROT"], settings()],
    [["config", "set", "SPARKY_PORT", "8123"], settings()],
    [["config", "set", "SPARKY_PORT", "8123"], settings({}, items, true)],
    [["config", "set", "SPARKY_PORT", "8123"], settings({ changed: false })],
    [["config", "set", "SPARKY_MODEL", "openai/gpt-5"], settings({}, items, true)],
    [
      ["config", "set", "SPARKY_MODEL", "openai/gpt-5"],
      settings({ setting: { ...port, name: "SPARKY_MODEL", value: "demo", origin: "environment" } }),
    ],
    [["config", "set", "SPARKY_MODEL", "openai/gpt-5"], settings({ problem: "OPENAI_API_KEY is not set" })],
    [["config", "set", "OPENAI_API_KEY", "sk-secret"], settings()],
    [["config", "set", "SPARKY_DB_URL", "postgres://ada:secret@host/db"], settings()],
    [["config", "set", "OPENAI_API_KEY"], settings()],
    [["config", "set", "OPENAI_API_KEY"], { ...settings(), input: "sk-secret\n" }],
    [["config", "set", "OPENAI_API_KEY"], { ...settings(), answer: "sk-secret" }],
    [["config", "set", "NOTHING", "1"], settings()],
    [["config", "unset", "SPARKY_PORT"], settings({ setting: { ...port, value: "8000", origin: "default" } })],
    [["config", "unset", "SPARKY_PORT"], settings({ changed: false, setting: { ...port, origin: "environment" } })],
    [["config", "path"], settings()],
  ];
  let text = "";
  for (const [argv, stage] of cases) text += await views(argv, stage);
  expect(text.replaceAll(/^\$ .*/gm, "")).not.toContain("secret@");
  expect(text.replaceAll(/^\$ .*/gm, "")).not.toContain("sk-secret");
  await expect(text).toMatchFileSnapshot("cli-config.txt");
});

test("a secret is read from stdin or asked for, never taken from the arguments", async () => {
  kept.length = 0;
  const argv = ["config", "set", "OPENAI_API_KEY"];
  expect(await sparky([...argv, "sk-1"], settings())).toMatchObject({ exit: 2, stdout: "" });
  expect(await sparky(argv, { ...settings(), input: "sk-2\n" })).toMatchObject({ exit: 0 });
  expect(await sparky(argv, { ...settings(), answer: "sk-3" })).toMatchObject({ exit: 0 });
  expect(await sparky(argv, { ...settings(), input: " \n" })).toMatchObject({ exit: 2, stdout: "" });
  expect(kept).toEqual([
    ["OPENAI_API_KEY", "sk-2"],
    ["OPENAI_API_KEY", "sk-3"],
  ]);
});
