import type { Command } from "commander";
import { addAgentCommands } from "./agent-commands.ts";
import { addApprovalCommands } from "../approvals/commands.ts";
import { addChatCommands } from "./chat-commands.ts";
import { root, type Execute } from "../command/command.ts";
import { addDoctorCommands } from "../home/doctor-commands.ts";
import { addHelpCommands } from "./help-commands.ts";
import { TOPIC_NAMES } from "./help-topics.ts";
import { addConfigCommands } from "../home/config-commands.ts";
import { addMcpCommands } from "../mcp/commands.ts";
import { addSecretCommands } from "../secrets/commands.ts";
import { addModelCommands } from "../home/models-commands.ts";
import { addSettingsCommands } from "../preferences/commands.ts";
import { addSkillCommands } from "../skills/commands.ts";
import { addOtherCommands } from "./other-commands.ts";

/** Every command there is, or what some words may name of them. What a command does is loaded only when it runs. */
export function buildProgram(execute: Execute, words: readonly string[] | null = null): Command {
  const text = {
    summary: "A self-hosted AI agent that you can leave working.",
    examples: [
      "sparky chat start --agent-loop",
      'sparky agent tasks add "Check knowledge graph stats"',
      "sparky agent status",
      "sparky open",
    ],
    more: `Topics: sparky help ${TOPIC_NAMES.join(" | ")}`,
  };
  const program = root("sparky", text, words).option("-V, --version", "show the version");
  addChatCommands(program, execute);
  addAgentCommands(program, execute);
  addApprovalCommands(program, execute);
  addConfigCommands(program, execute);
  addDoctorCommands(program, execute);
  addModelCommands(program, execute);
  addMcpCommands(program, execute);
  addSecretCommands(program, execute);
  addSkillCommands(program, execute);
  addSettingsCommands(program, execute);
  addOtherCommands(program, execute);
  addHelpCommands(program, execute);
  return program;
}
