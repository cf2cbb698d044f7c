import type { Command } from "commander";
import { pathOf } from "./command.ts";
import { Failure } from "../console/failure.ts";
import { EXIT } from "../console/io.ts";

/** A failure that does not say what to do now says the nearest command that helps. */
export function withNextStep(failure: Failure, command: Command): Failure {
  const { exit, code, message } = failure;
  if (failure.hint !== undefined) return failure;
  const hint = nextStep(failure, command);
  return hint === undefined ? failure : new Failure(exit, code, message, hint);
}

function nextStep({ exit }: Failure, command: Command): string | undefined {
  const beside = (names: readonly string[]): string | undefined => {
    const found = command.parent?.commands.find((each) => names.includes(each.name()));
    return found === undefined ? undefined : pathOf(found);
  };
  switch (exit) {
    case EXIT.usage:
      return `${pathOf(command)} --help`;
    case EXIT.notFound:
      return beside(["list"]) ?? `${pathOf(command)} --help`;
    case EXIT.conflict: {
      const [id] = command.args;
      const look = beside(["get", "show"]);
      return look === undefined || id === undefined ? beside(["list"]) : `${look} ${id}`;
    }
    default:
      return undefined;
  }
}
