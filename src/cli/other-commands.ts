import type { Command } from "commander";
import { group, verb, type Execute } from "./command.ts";
import { addChatsCommands } from "./chats-commands.ts";
import { addDataCommands } from "./data-commands.ts";
import { addGraphCommands } from "./graph-commands.ts";
import { addLiveCommands } from "./live-commands.ts";

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
    run: async (context, args) => (await import("./open.ts")).loginLink(context, args),
  });
  addDataCommands(program, execute);
  addLiveCommands(program, execute);
  verb(program, execute, "open", {
    summary: "Open the web UI in a browser, signed in.",
    examples: ["sparky open"],
    run: async (context) => (await import("./open.ts")).openUi(context),
  });
}
