import type { Command } from "commander";
import { verb, type Execute } from "../command/command.ts";
import type { DoctorOptions } from "./doctor.ts";

export function addDoctorCommands(program: Command, execute: Execute): void {
  verb(program, execute, "doctor", {
    summary:
      "Look for what is wrong: settings, home, database, model, clock, port; each with what to do (exit 1 if so).",
    examples: ["sparky doctor", "sparky doctor --fix", "sparky doctor --offline --json"],
    options: [
      ["--fix", "put right what is safe: modes of files, what a dead process left"],
      ["--offline", "do not ask the model"],
      ["--env-file <file>", "with the settings of this file as well"],
    ],
    run: async (context, args, options: DoctorOptions) => (await import("./doctor.ts")).doctor(context, args, options),
  });
}
