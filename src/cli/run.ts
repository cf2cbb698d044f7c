import type { Deps } from "./deps.ts";
import { asFailure, usage, type Failure } from "./console/failure.ts";
import { EXIT, type ExitCode, type Io } from "./console/io.ts";
import { createOutput } from "./console/output.ts";

/** What the shell's completion scripts run; for nobody else. */
const COMPLETE = "__complete";

/** Runs one command and returns its exit code; never throws. */
export async function runCli(argv: readonly string[], io: Io, deps: Deps): Promise<ExitCode> {
  const old = newSpelling(argv);
  if (old !== null) return report(argv, io, old);
  try {
    if (argv[0] === "--version" || argv[0] === "-V") {
      io.stdout.write(`${deps.version}\n`);
      return EXIT.ok;
    }
    if (argv[0] === COMPLETE) {
      await (await import("./program/complete.ts")).complete(argv.slice(1), io, deps);
      return EXIT.ok;
    }
    const { runProgram } = await import("./program/run-program.ts");
    return await runProgram(meant(argv), io, deps);
  } catch (error) {
    return report(argv, io, asFailure(error));
  }
}

const COMMON_FLAGS: readonly string[] = ["--json", "--no-color"];
const TALK_FLAGS = /^--(?:json|no-color|new|(?:chat|events|model|effort)(?:=.*)?)$/;
const TAKES_A_WORD = /^--(?:chat|events|model|effort)$/;

/** `chat` without a command is the conversation. */
function meant(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word) => !COMMON_FLAGS.includes(word));
  if (argv[at] !== "chat") return argv;
  const rest = argv.slice(at + 1);
  const talks = rest.every((word, index) => TALK_FLAGS.test(word) || TAKES_A_WORD.test(rest[index - 1] ?? ""));
  return talks ? argv.toSpliced(at, 1, "client", "start") : argv;
}

export function report(argv: readonly string[], io: Io, failure: Failure): ExitCode {
  createOutput(io, { json: argv.includes("--json"), color: !argv.includes("--no-color") }).failure(failure);
  return failure.exit;
}

const OLD_AGENT: { readonly [verb: string]: string } = {
  start: "sparky chat start --agent-loop",
  stop: "sparky chat stop",
};

/** Commands of an earlier Sparky are answered with their new names. */
function newSpelling(argv: readonly string[]): Failure | null {
  // What stands before a command are flags that every command has.
  const [first, second = ""] = argv.filter((word) => !word.startsWith("-"));
  if (first === "server") {
    const now = ["start", "stop", "restart", "status"].includes(second) ? second : "start";
    return renamed(["sparky server", second].join(" ").trim(), `sparky chat ${now}`);
  }
  const now = first === "agent" && Object.hasOwn(OLD_AGENT, second) ? OLD_AGENT[second] : undefined;
  return now === undefined ? null : renamed(`sparky agent ${second}`, now);
}

const renamed = (old: string, now: string): Failure => usage(`"${old}" has another name now`, now);
