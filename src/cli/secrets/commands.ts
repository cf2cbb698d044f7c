import type { Command } from "commander";
import { group, verb, type Execute } from "../command/command.ts";

const NAME = { name: "letters, digits and _" };

export function addSecretCommands(program: Command, execute: Execute): void {
  const secret = group(program, "secret", {
    summary: "Secrets that the agent may use and nobody sees.",
    examples: ["sparky secret list", "sparky secret set WEATHER_KEY < key.txt"],
  });
  verb(secret, execute, "list", {
    summary: "List the secrets by name. No value is ever shown.",
    examples: ["sparky secret list", "sparky secret list --json"],
    run: async (context) => (await import("./secrets.ts")).listSecrets(context),
  });
  verb(secret, execute, "set <name>", {
    summary:
      "Set a secret to a value, which is asked for or comes by stdin: never as an argument, which others can see.",
    examples: ["sparky secret set WEATHER_KEY < key.txt"],
    args: NAME,
    run: async (context, args) => (await import("./secrets.ts")).setSecret(context, args),
  });
  verb(secret, execute, "remove <name>", {
    summary: "Remove a secret.",
    examples: ["sparky secret remove WEATHER_KEY --yes"],
    args: NAME,
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./secrets.ts")).removeSecret(context, args, options),
  });
}
