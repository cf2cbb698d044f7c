import type { RemovedSkill, Skill, SkillWithFiles } from "../../wire/skills.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { Failure } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { pathOf, printDiff } from "./show.ts";

export type ApproveOptions = { place?: string; yes?: true };

export async function approveSkill(
  context: Context,
  args: readonly string[],
  options: ApproveOptions,
): Promise<ExitCode> {
  return decideSkill(context, args[0] ?? "", options, "approve");
}

export async function refuseSkill(
  context: Context,
  args: readonly string[],
  options: ApproveOptions,
): Promise<ExitCode> {
  return decideSkill(context, args[0] ?? "", options, "refuse");
}

async function decideSkill(
  context: Context,
  name: string,
  options: ApproveOptions,
  decision: "approve" | "refuse",
): Promise<ExitCode> {
  const { out } = context;
  const isYes = decision === "approve";
  const client = await context.client("any");
  const skill = await client.request<SkillWithFiles>("GET", pathOf(name, "", options.place));
  const { hash, place } = skill;
  if (hash === null)
    throw new Failure(EXIT.error, "invalid_input", `${name} cannot be used: ${skill.problem ?? "it cannot be read"}`);
  // What is asked about is on the screen.
  if (options.yes !== true && out.terminal && skill.diff !== "") {
    printDiff(out, skill.diff);
    for (const warning of skill.warnings) out.note(`  ${warning}`);
  }
  const question = isYes ? `Let runs use ${skill.name} as it is now?` : `Keep ${skill.name} out as it is now?`;
  const line = `sparky skills ${decision} ${name} --yes`;
  const kept = isYes ? "It was not approved." : "Nothing was answered.";
  const act = isYes ? "approving" : "refusing";
  if (!(await confirmed(context, { yes: options.yes, question, act, line, kept }))) return EXIT.error;
  const approved = await client.request<Skill>("POST", pathOf(skill.folder, `/${decision}`), { hash, place });
  if (out.json) out.document(approved);
  else
    out.print(
      out.terminal ? `${isYes ? "Approved" : "Refused"}  ${approved.name}` : `${approved.name}\t${approved.state}`,
    );
  if (isYes && !approved.used && place !== "agent")
    out.note(`  another ${approved.name} is used: sparky skills list says which`);
  return EXIT.ok;
}

export async function removeSkill(
  context: Context,
  args: readonly string[],
  options: ApproveOptions,
): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  const name = args[0] ?? "";
  const skill = await client.request<SkillWithFiles>("GET", pathOf(name, "", options.place));
  const deletes = skill.place === "home";
  const question = deletes ? `Delete ${skill.name} with its ${skill.files} files?` : `Use ${skill.name} no more?`;
  const line = `sparky skills remove ${name} --yes`;
  const act = deletes ? "deleting" : "removing";
  if (!(await confirmed(context, { yes: options.yes, question, act, line }))) return EXIT.error;
  const removed = await client.request<RemovedSkill>("DELETE", pathOf(skill.folder, "", skill.place));
  if (out.json) out.document(removed);
  else out.print(out.terminal ? `${removed.deleted ? "Deleted" : "Off"}  ${removed.name}` : removed.name);
  if (!removed.deleted) out.note(`  its folder is as it was; use it again: sparky skills approve ${removed.name}`);
  return EXIT.ok;
}
