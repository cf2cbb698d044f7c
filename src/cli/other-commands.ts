import type { Command } from "commander";
import { group, verb, wholeNumber, type Execute } from "./command.ts";
import { addDataCommands } from "./data-commands.ts";
import { addGraphCommands } from "./graph-commands.ts";
import type { ChatListOptions } from "./chats.ts";

export function addOtherCommands(program: Command, execute: Execute): void {
  const chats = group(program, "chats", {
    summary: "The conversations.",
    examples: ["sparky chats list", "sparky chats stop 3f2a"],
  });
  verb(chats, execute, "list", {
    summary: "List chats, the most recent first.",
    examples: ["sparky chats list", "sparky chats list --limit 5 --json"],
    options: [
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 200)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ChatListOptions) =>
      (await import("./chats.ts")).listChats(context, args, options),
  });
  verb(chats, execute, "stop <id>", {
    summary: "Stop what the agent does in a chat.",
    examples: ["sparky chats stop 3f2a"],
    args: { id: "the chat's id, or its first 4 or more characters" },
    run: async (context, args) => (await import("./chats.ts")).stopChatRun(context, args),
  });
  addGraphCommands(program, execute);
  const user = group(program, "user", {
    summary: "Accounts.",
    examples: ["sparky user login-link agent"],
  });
  verb(user, execute, "login-link <name>", {
    summary: "Make a link that signs in as this user, once, within ten minutes.",
    examples: ["sparky user login-link agent", "sparky user login-link owner"],
    args: { name: "your own name, or `agent`" },
    run: async (context, args) => (await import("./open.ts")).loginLink(context, args),
  });
  addDataCommands(program, execute);
  verb(program, execute, "open", {
    summary: "Open the web UI in a browser, signed in.",
    examples: ["sparky open"],
    run: async (context) => (await import("./open.ts")).openUi(context),
  });
}
