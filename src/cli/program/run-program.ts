import { CommanderError, type Command } from "commander";
import { everyCommand, globalFlags, helpWidth, pathOf, type Execute } from "../command/command.ts";
import { createContext } from "../command/context.ts";
import type { Deps } from "../deps.ts";
import { asFailure, usage, type Failure } from "../console/failure.ts";
import { EXIT, type ExitCode, type Io } from "../console/io.ts";
import { withNextStep } from "../command/next-step.ts";
import { createOutput } from "../console/output.ts";
import { buildProgram } from "./program.ts";
import { meantBy } from "./unknown-command.ts";

export async function runProgram(argv: readonly string[], io: Io, deps: Deps): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const execute: Execute = async (command, run) => {
    const out = createOutput(io, globalFlags(command));
    const context = createContext(io, deps, out);
    try {
      exit = (await run(context, command.args, command.opts())) ?? EXIT.ok;
    } catch (error) {
      const failure = withNextStep(asFailure(error), command);
      out.failure(failure);
      exit = failure.exit;
    } finally {
      await context.close();
    }
  };
  const flags = { json: argv.includes("--json"), color: !argv.includes("--no-color") };
  const build = (words: readonly string[] | null): Command => {
    const program = buildProgram(execute, words);
    everyCommand(program, (command) =>
      command.configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => (flags.json ? undefined : io.stderr.write(text)),
        outputError: () => {},
        getOutHelpWidth: () => helpWidth(io.stdout),
        getErrHelpWidth: () => helpWidth(io.stderr),
      }),
    );
    return program;
  };
  if (!argv.some((word) => HELP.includes(word))) {
    const narrow = build(argv);
    try {
      if (isVerb(closest(narrow, argv))) {
        await narrow.parseAsync(argv, { from: "user" });
        return exit;
      }
    } catch (error) {
      // Nothing has run, and what is wrong is said below by the whole program, which knows what may have been meant.
      if (!(error instanceof CommanderError)) throw error;
    }
  }
  const program = build(null);
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.ok;
    // A group without a command has shown its help on stderr.
    if (error.code === "commander.help" && !flags.json) return EXIT.usage;
    createOutput(io, flags).failure(usageFailure(error, closest(program, argv)));
    return EXIT.usage;
  }
  return exit;
}

/** Whoever asks for help may ask about anything. */
const HELP: readonly string[] = ["help", "--help", "-h"];

const isVerb = ({ parent, commands }: Command): boolean => parent !== null && commands.length === 0;

/** The command that the words name, as far as they name one. */
function closest(program: Command, argv: readonly string[]): Command {
  let at = program;
  for (const word of argv.filter((each) => !each.startsWith("-"))) {
    const child = at.commands.find((each) => each.name() === word);
    if (child === undefined) return at;
    at = child;
  }
  return at;
}

const SET_SECRET =
  "sparky secret set NAME, which asks for it or reads it from a pipe; what was typed is known by now: change it";

function usageFailure(error: CommanderError, command: Command): Failure {
  const hint = `${pathOf(command)} --help`;
  if (error.code === "commander.help") return usage("a command is missing", hint);
  const unknown = /^error: (unknown command '(.*?)')/.exec(error.message);
  const meant = unknown?.[2] === undefined ? null : meantBy(unknown[2], command);
  if (unknown?.[1] !== undefined && meant !== null) return usage(unknown[1], meant);
  if (error.code === "commander.excessArguments" && pathOf(command) === "sparky secret set") {
    // Its value is not said once more.
    return usage(
      "a secret is never an argument: others on this machine could see it, and the shell keeps it",
      SET_SECRET,
    );
  }
  const message = error.message.replace(/^error: /, "").replace(/\n\(Did you mean (.*)\?\)$/s, ". Did you mean $1?");
  return usage(message, error.code === "commander.excessArguments" ? `put the text in quotes, or see ${hint}` : hint);
}
