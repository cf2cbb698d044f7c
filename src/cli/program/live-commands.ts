import type { Command } from "commander";
import { oneOf, verb, wholeNumber, type Execute } from "../command/command.ts";
import { LOG_LEVELS } from "../console/log-levels.ts";
import type { LogOptions } from "../server/logs.ts";
import { moment } from "../command/moment.ts";
import type { WatchOptions } from "../overview/watch-command.ts";

/** What happens, as it happens. */
export function addLiveCommands(program: Command, execute: Execute): void {
  verb(program, execute, "watch", {
    summary: "Show everything that the agent does, live, in all chats that you may see, until Ctrl-C.",
    examples: ["sparky watch", "sparky watch --since 1h", "sparky watch --json"],
    options: [["--since <time>", "begin with what happened since: a time, or so long ago, such as 1h or 2d", moment]],
    run: async (context, args, options: WatchOptions) =>
      (await import("../overview/watch-command.ts")).watchEverything(context, args, options),
  });
  verb(program, execute, "logs", {
    summary: "Show the log of the server that runs in the background: the newest lines, or as they come.",
    examples: ["sparky logs", "sparky logs --level warn -n 200", "sparky logs -f"],
    options: [
      ["-f, --follow", "go on with what comes, until Ctrl-C"],
      ["-n, --lines <number>", "how many (default: 50)", wholeNumber(1, 1_000_000)],
      ["--level <level>", `this level and above: ${LOG_LEVELS.join(", ")}`, oneOf(LOG_LEVELS)],
    ],
    run: async (context, args, options: LogOptions) =>
      (await import("../server/logs.ts")).showServerLog(context, args, options),
  });
}
