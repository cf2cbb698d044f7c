import type { Command } from "commander";
import { group, verb, type Execute } from "../command/command.ts";
import { moment } from "../command/moment.ts";
import { addScheduleCommands } from "../schedules/commands.ts";
import type { StatsOptions } from "../overview/stats.ts";
import { addTaskCommands } from "../tasks/commands.ts";

export function addAgentCommands(program: Command, execute: Execute): void {
  const agent = group(program, "agent", {
    summary: "The agent's work: tasks, schedules, what it does now.",
    examples: ["sparky agent status", 'sparky agent tasks add "Check knowledge graph stats"'],
  });
  verb(agent, execute, "status", {
    summary: "Show what the agent does, waits for and will do (exit 3 when no server runs).",
    examples: ["sparky agent status", "sparky agent status --json"],
    run: async (context) => (await import("../overview/agent-status.ts")).agentStatus(context),
  });
  verb(agent, execute, "stats", {
    summary: "Show what the work of some days came to: how it ended, waits, durations, tokens, cost.",
    examples: ["sparky agent stats", "sparky agent stats --since 30d --json"],
    options: [
      ["--since <time>", "from then on: a time, or so long ago, such as 24h or 30d (default: 7d)", moment],
      ["--until <time>", "up to then (default: now)", moment],
      ["--timezone <zone>", "whose days, such as Europe/Berlin (default: this machine's)"],
    ],
    run: async (context, args, options: StatsOptions) =>
      (await import("../overview/stats.ts")).showStats(context, args, options),
  });
  addTaskCommands(agent, execute);
  addScheduleCommands(agent, execute);
}
