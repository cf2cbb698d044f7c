import type { Command } from "commander";
import { SKILL_PLACES } from "../../wire/skill-places.ts";
import { group, oneOf, verb, type Execute, type OptionSpec } from "../command/command.ts";
import type { AddOptions } from "./add.ts";
import type { ApproveOptions } from "./approve.ts";
import type { ShowOptions } from "./show.ts";

const NAME = { name: "the skill's name, or its folder's" };
const FOLDER = { folder: "a folder with a SKILL.md, or one with several such folders in it" };
const PLACE: OptionSpec = ["--place <place>", "where it lies, when several bear the name", oneOf(SKILL_PLACES)];

export function addSkillCommands(program: Command, execute: Execute): void {
  const skills = group(program, "skills", {
    summary: "Instructions that the agent reads when they fit its work.",
    examples: ["sparky skills list", "sparky skills show tidy", "sparky skills approve tidy --yes"],
  });
  verb(skills, execute, "list", {
    summary: "List the skills, with those that wait for a yes.",
    examples: ["sparky skills list", "sparky skills list --json"],
    run: async (context) => (await import("./show.ts")).listSkills(context),
  });
  verb(skills, execute, "show <name>", {
    summary: "Show a skill, and what a yes to it would change.",
    examples: [
      "sparky skills show writing-a-schedule",
      "sparky skills show writing-a-schedule --file references/rules.md",
    ],
    args: NAME,
    options: [PLACE, ["-f, --file <path>", "one of its files instead"]],
    run: async (context, args, options: ShowOptions) => (await import("./show.ts")).showSkill(context, args, options),
  });
  verb(skills, execute, "add <folder>", {
    summary: "Copy a skill into the home; it is used once it is approved.",
    examples: ["sparky skills add ~/.claude/skills/tidy", "sparky skills add ~/.claude/skills --replace"],
    args: FOLDER,
    options: [["--replace", "in the place of one of this name"]],
    run: async (context, args, options: AddOptions) => (await import("./add.ts")).addSkills(context, args, options),
  });
  verb(skills, execute, "approve <name>", {
    summary: "Let runs use a skill as it is now; what changes later waits again.",
    examples: ["sparky skills approve tidy --yes", "sparky skills approve tidy --place home --yes"],
    args: NAME,
    options: [PLACE, ["-y, --yes", "do not ask"]],
    run: async (context, args, options: ApproveOptions) =>
      (await import("./approve.ts")).approveSkill(context, args, options),
  });
  verb(skills, execute, "refuse <name>", {
    summary: "Keep a skill out as it is now: it waits again when it changes, and what was approved before is used.",
    examples: ["sparky skills refuse tidy --yes"],
    args: NAME,
    options: [PLACE, ["-y, --yes", "do not ask"]],
    run: async (context, args, options: ApproveOptions) =>
      (await import("./approve.ts")).refuseSkill(context, args, options),
  });
  verb(skills, execute, "remove <name>", {
    summary: "Delete a skill of the home; one that lies elsewhere is only not used any more.",
    examples: ["sparky skills remove tidy --yes"],
    args: NAME,
    options: [PLACE, ["-y, --yes", "do not ask"]],
    run: async (context, args, options: ApproveOptions) =>
      (await import("./approve.ts")).removeSkill(context, args, options),
  });
  verb(skills, execute, "validate <folder>", {
    summary: "Say what is wrong with a skill, without keeping it; exits 1 if it cannot be used.",
    examples: ["sparky skills validate ~/.claude/skills/tidy"],
    args: FOLDER,
    run: async (context, args) => (await import("./add.ts")).validateSkills(context, args),
  });
}
