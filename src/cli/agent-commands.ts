import type { Command } from "commander";
import { group, verb, type Execute } from "./command.ts";
import { addScheduleCommands } from "./schedule-commands.ts";
import { addTaskCommands } from "./task-commands.ts";

export function addAgentCommands(program: Command, execute: Execute): void {
  const agent = group(program, "agent", {
    summary: "The agent's work: tasks, schedules, what it does now.",
    examples: ["sparky agent status", 'sparky agent tasks add "Check knowledge graph stats"'],
  });
  verb(agent, execute, "status", {
    summary: "Show what the agent does, waits for and will do (exit 3 when no server runs).",
    examples: ["sparky agent status", "sparky agent status --json"],
    run: async (context) => (await import("./agent-status.ts")).agentStatus(context),
  });
  addTaskCommands(agent, execute);
  addScheduleCommands(agent, execute);
}
