import type { Command } from "commander";
import { oneOf, time, verb, wholeNumber, type Execute } from "../command/command.ts";
import { addChatsCommands } from "../chats/commands.ts";
import { addDataCommands } from "../home/data-commands.ts";
import { addGraphCommands } from "../graph/commands.ts";
import { addMemoryCommands } from "../memory/commands.ts";
import { addPeopleCommands } from "../people/commands.ts";
import { addLiveCommands } from "./live-commands.ts";
import { addTokenCommands } from "../tokens/commands.ts";
import type { RecallOptions } from "../recall/recall.ts";
import type { SearchOptions } from "../search/search.ts";

export function addOtherCommands(program: Command, execute: Execute): void {
  addChatsCommands(program, execute);
  addGraphCommands(program, execute);
  addMemoryCommands(program, execute);
  addPeopleCommands(program, execute);
  addTokenCommands(program, execute);
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
  verb(program, execute, "recall <words...>", {
    summary: "Recall what was said and what is known: any of the words, the best first.",
    examples: [
      'sparky recall "what did ann say about the movers"',
      "sparky recall movers --why --from 2026-11-01",
      "sparky recall movers --json",
    ],
    args: { words: "a question, or words of what you look for" },
    options: [
      ["--why", "say of each why it was found"],
      ["--who <name>", "only what this person said, or `agent`"],
      ["--from <time>", "not before this time", time],
      ["--to <time>", "not after this time", time],
      ["-k, --kind <kind>", "only message, fact or node", oneOf(["message", "fact", "node"])],
      ["-c, --chat <id>", "only what was said in this chat"],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 100)],
    ],
    run: async (context, args, options: RecallOptions) =>
      (await import("../recall/recall.ts")).recall(context, args, options),
  });
  verb(program, execute, "open", {
    summary: "Open the web UI in a browser, signed in.",
    examples: ["sparky open"],
    run: async (context) => (await import("../server/open.ts")).openUi(context),
  });
}
