import type { Command } from "commander";
import { verb, type Execute } from "../command/command.ts";

export function addHelpCommands(program: Command, execute: Execute): void {
  verb(program, execute, "completion <shell>", {
    summary: "Print the script with which a shell completes commands, options, ids and names.",
    examples: [
      `echo 'eval "$(sparky completion bash)"' >> ~/.bashrc`,
      `echo 'eval "$(sparky completion zsh)"' >> ~/.zshrc`,
      "mkdir -p ~/.config/fish/completions; sparky completion fish > ~/.config/fish/completions/sparky.fish",
    ],
    args: { shell: "bash, zsh or fish" },
    run: async (context, args) => (await import("./completion.ts")).printScript(context, args),
  });
  verb(program, execute, "help [topic...]", {
    summary: "Show the help of a command, or of a topic.",
    examples: ["sparky help agent tasks add", "sparky help schedules", "sparky help exit-codes"],
    args: { topic: "a command's words, or a topic" },
    run: async (context, args) => (await import("./help.ts")).showHelp(context, program, args),
  });
}
