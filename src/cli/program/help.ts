import type { Command } from "commander";
import { nearest } from "../../core/nearest.ts";
import { everyCommand, helpWidth, pathOf } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { foldLines } from "../console/fold-lines.ts";
import { TOPICS, topicNamed } from "./help-topics.ts";

export async function showHelp(context: Context, program: Command, args: readonly string[]): Promise<void> {
  const { io, out } = context;
  const width = out.json ? Number.POSITIVE_INFINITY : helpWidth(io.stdout);
  everyCommand(program, (each) => each.configureOutput({ getOutHelpWidth: () => width }));
  const command = commandNamed(program, args);
  if (command !== null) return say(pathOf(command), command.helpInformation());
  const topic = topicNamed(args.join("-"));
  if (topic === null) throw unknown(program, args);
  return say(topic.name, foldLines(`${topic.summary}\n\n${await topic.text(context)}\n`, width));

  function say(topic: string, text: string): void {
    if (out.json) out.document({ topic, text });
    else out.raw(text);
  }
}

function commandNamed(program: Command, words: readonly string[]): Command | null {
  let at = program;
  for (const word of words[0] === "sparky" ? words.slice(1) : words) {
    const child = at.commands.find((each) => each.name() === word);
    if (child === undefined) return null;
    at = child;
  }
  return at;
}

function unknown(program: Command, words: readonly string[]): Error {
  const paths = everyPath(program).map((path) => path.replace(/^sparky ?/, ""));
  const given = words.join(" ");
  const near = nearest(given, [...paths, ...TOPICS.map(({ name }) => name)]);
  return usage(
    `there is no command and no topic ${JSON.stringify(given)}`,
    near === null ? "sparky help" : `sparky help ${near}`,
  );
}

function everyPath(command: Command): readonly string[] {
  return [pathOf(command), ...command.commands.flatMap(everyPath)];
}
