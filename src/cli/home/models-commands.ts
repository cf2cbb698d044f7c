import type { Command } from "commander";
import { group, verb, type Execute } from "../command/command.ts";

export function addModelCommands(program: Command, execute: Execute): void {
  const models = group(program, "models", {
    summary: "The model that answers, and what else could.",
    examples: ["sparky models list", "sparky models test"],
  });
  verb(models, execute, "list", {
    summary: "Show which model is in use and why, and which providers have a key.",
    examples: ["sparky models list", "sparky models list --json"],
    run: async (context) => (await import("./models.ts")).listModels(context),
  });
  verb(models, execute, "test [model]", {
    summary: "Ask a model for one word; with a server, as the server would (exit 1 when it does not answer).",
    examples: ["sparky models test", "sparky models test demo --json"],
    args: { model: "a model such as openai/gpt-5 (default: the one in use)" },
    run: async (context, args) => (await import("./models.ts")).testModel(context, args),
  });
}
