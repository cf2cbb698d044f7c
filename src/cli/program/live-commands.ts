import type { Command } from "commander";
import { oneOf, verb, wholeNumber, type Execute } from "../command/command.ts";
import { EVENTS_OPTION } from "../command/events-option.ts";
import { AUDIT_KINDS } from "../../core/audit-kinds.ts";
import type { AuditOptions } from "../audit/audit.ts";
import { LOG_LEVELS } from "../console/log-levels.ts";
import type { LogOptions } from "../server/logs.ts";
import { moment } from "../command/moment.ts";
import type { WatchOptions } from "../overview/watch-command.ts";

/** What happens, as it happens. */
export function addLiveCommands(program: Command, execute: Execute): void {
  verb(program, execute, "watch", {
    summary: "Show everything that the agent does, live, in all chats that you may see, until Ctrl-C.",
    examples: ["sparky watch", "sparky watch --since 1h", "sparky watch --events all", "sparky watch --json"],
    options: [
      ["--since <time>", "begin with what happened since: a time, or so long ago, such as 1h or 2d", moment],
      EVENTS_OPTION,
    ],
    run: async (context, args, options: WatchOptions) =>
      (await import("../overview/watch-command.ts")).watchEverything(context, args, options),
  });
  verb(program, execute, "audit", {
    summary:
      "Show who, or which run, did what that counts: sign-ins, answers, settings, deletions, calls to elsewhere.",
    examples: [
      "sparky audit",
      "sparky audit --since 7d --kind approval.approved",
      "sparky audit --jsonl > ~/audit.jsonl",
    ],
    options: [
      ["--user <account>", "only what this account did"],
      ["--since <time>", "only since: a time, or so long ago, such as 1h or 2d", moment],
      ["--kind <kind>", "only of this kind", oneOf(AUDIT_KINDS)],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 500)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
      ["--jsonl", "all of it, one JSON object a line"],
    ],
    run: async (context, args, options: AuditOptions) =>
      (await import("../audit/audit.ts")).showAudit(context, args, options),
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
