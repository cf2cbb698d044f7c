import type { Command } from "commander";
import { verb, type Execute } from "./command.ts";
import { moment } from "./moment.ts";
import type { WatchOptions } from "./watch-command.ts";

/** What happens, as it happens. */
export function addLiveCommands(program: Command, execute: Execute): void {
  verb(program, execute, "watch", {
    summary: "Show everything that the agent does, live, in all chats that you may see, until Ctrl-C.",
    examples: ["sparky watch", "sparky watch --since 1h", "sparky watch --json"],
    options: [["--since <time>", "begin with what happened since: a time, or so long ago, such as 1h or 2d", moment]],
    run: async (context, args, options: WatchOptions) =>
      (await import("./watch-command.ts")).watchEverything(context, args, options),
  });
}
