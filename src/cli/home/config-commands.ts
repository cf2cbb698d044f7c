import type { Command } from "commander";
import { group, verb, type Execute } from "../command/command.ts";
import type { ConfigOptions } from "./config.ts";

const NAME = { name: "a variable, such as SPARKY_PORT" };
const ENV_FILE = ["--env-file <file>", "with the settings of this file as well"] as const;

export function addConfigCommands(program: Command, execute: Execute): void {
  const config = group(program, "config", {
    summary: "The settings: what counts, where it comes from, and the home's own file.",
    examples: ["sparky config list", "sparky config set SPARKY_PORT 8123", "sparky config set OPENAI_API_KEY"],
  });
  verb(config, execute, "list", {
    summary: "List every setting with its value and where that comes from; secrets are never shown.",
    examples: ["sparky config list", "sparky config list --json"],
    options: [ENV_FILE],
    run: async (context, args, options: ConfigOptions) =>
      (await import("./config.ts")).listConfig(context, args, options),
  });
  verb(config, execute, "get <name>", {
    summary: "Show one setting's value (exit 5 when it has none).",
    examples: ["sparky config get SPARKY_PORT", "sparky config get LOG_LEVEL --json"],
    args: NAME,
    options: [ENV_FILE],
    run: async (context, args, options: ConfigOptions) =>
      (await import("./config.ts")).getConfig(context, args, options),
  });
  verb(config, execute, "set <name> [value]", {
    summary: "Write a setting into the home's file; a secret is asked for, or read from stdin.",
    examples: [
      "sparky config set SPARKY_AGENT_CONCURRENCY 8",
      "sparky config set OPENAI_API_KEY < key.txt",
      'sparky config set SPARKY_ALLOWED_HOSTS "sparky.example.org, sparky.lan"',
    ],
    args: { ...NAME, value: "its value; never a secret, for others can see the arguments of a command" },
    run: async (context, args) => (await import("./config-set.ts")).setConfig(context, args),
  });
  verb(config, execute, "unset <name>", {
    summary: "Take a setting out of the home's file.",
    examples: ["sparky config unset SPARKY_AGENT_CONCURRENCY"],
    args: NAME,
    run: async (context, args) => (await import("./config-set.ts")).unsetConfig(context, args),
  });
  verb(config, execute, "path", {
    summary: "Show where the home's settings file is.",
    examples: ["sparky config path"],
    run: async (context) => (await import("./config.ts")).configPath(context),
  });
}
