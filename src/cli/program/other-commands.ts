import type { Command } from "commander";
import { group, oneOf, verb, wholeNumber, type Execute } from "../command/command.ts";
import { addChatsCommands } from "../chats/commands.ts";
import { addDataCommands } from "../home/data-commands.ts";
import { addGraphCommands } from "../graph/commands.ts";
import { addLiveCommands } from "./live-commands.ts";
import type { SearchOptions } from "../search/search.ts";

export function addOtherCommands(program: Command, execute: Execute): void {
  addChatsCommands(program, execute);
  addGraphCommands(program, execute);
  const user = group(program, "user", {
    summary: "Accounts.",
    examples: ["sparky user login-link agent"],
  });
  verb(user, execute, "login-link <name>", {
    summary: "Make a link that signs in as this user, once, within ten minutes.",
    examples: ["sparky user login-link agent", "sparky user login-link owner"],
    args: { name: "your own name, or `agent`" },
    run: async (context, args) => (await import("../server/open.ts")).loginLink(context, args),
  });
  addDataCommands(program, execute);
  addLiveCommands(program, execute);
  verb(program, execute, "search <words...>", {
    summary: "Search chats, tasks, memory and everything that was said, thought or given back by tools.",
    examples: ["sparky search graph", "sparky search knowledge graph --kind event", "sparky search graph --json"],
    args: { words: "what to look for: all of them, each from the beginning of a word" },
    options: [
      ["-k, --kind <kind>", "only chat, task, node or event", oneOf(["chat", "task", "node", "event"])],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 100)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: SearchOptions) =>
      (await import("../search/search.ts")).searchAll(context, args, options),
  });
  verb(program, execute, "open", {
    summary: "Open the web UI in a browser, signed in.",
    examples: ["sparky open"],
    run: async (context) => (await import("../server/open.ts")).openUi(context),
  });
}
