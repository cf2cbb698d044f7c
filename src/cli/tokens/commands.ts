import { InvalidArgumentError, type Command } from "commander";
import { SCOPES, type Scope } from "../../core/scopes.ts";
import { group, verb, type Execute } from "../command/command.ts";
import { momentAhead } from "../command/moment.ts";
import type { AddOptions } from "./tokens.ts";

const NAME = { name: "what it is for, such as the program's name" };

export function addTokenCommands(program: Command, execute: Execute): void {
  const token = group(program, "token", {
    summary: "API tokens for other programs: each for what it needs, and revoked by itself.",
    examples: ["sparky token list", "sparky token add backup --scope read", "sparky token revoke backup"],
  });
  verb(token, execute, "list", {
    summary: "List your tokens: what each may be used for, and when it was. None is ever shown again.",
    examples: ["sparky token list", "sparky token list --json"],
    run: async (context) => (await import("./tokens.ts")).listTokens(context),
  });
  verb(token, execute, "add <name>", {
    summary: "Make a token, and show it this once.",
    examples: [
      "sparky token add backup --scope read",
      "sparky token add deploy --scope tasks --expires 90d",
      "sparky token add phone --scope read,write",
    ],
    args: NAME,
    options: [
      [
        "-s, --scope <scopes>",
        "read: see all that you see; tasks: add and follow tasks; write: messages and what is yours; admin: everything " +
          "(default: read)",
        scopes,
      ],
      ["--expires <time>", "when it ends: a time, or so long from now, such as 90d (default: never)", momentAhead],
    ],
    run: async (context, args, options: AddOptions) => (await import("./tokens.ts")).addToken(context, args, options),
  });
  verb(token, execute, "revoke <name>", {
    summary: "Revoke a token: what is open by it ends at once.",
    examples: ["sparky token revoke backup --yes"],
    args: NAME,
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./tokens.ts")).revokeToken(context, args, options),
  });
}

function scopes(value: string): readonly Scope[] {
  return value.split(",").map((word) => {
    const scope = SCOPES.find((each) => each === word.trim());
    if (scope === undefined) throw new InvalidArgumentError(`It must be some of: ${SCOPES.join(", ")}.`);
    return scope;
  });
}
