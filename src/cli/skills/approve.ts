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
  const { out } = context;
  const client = await context.client("any");
  const name = args[0] ?? "";
  const skill = await client.request<SkillWithFiles>("GET", pathOf(name, "", options.place));
  const { hash, place } = skill;
  if (hash === null)
    throw new Failure(EXIT.error, "invalid_input", `${name} cannot be used: ${skill.problem ?? "it cannot be read"}`);
  // What is asked about is on the screen.
  if (options.yes !== true && out.terminal && skill.diff !== "") {
    printDiff(out, skill.diff);
    for (const warning of skill.warnings) out.note(`  ${warning}`);
  }
  const question = `Let runs use ${skill.name} as it is now?`;
  const line = `sparky skills approve ${name} --yes`;
  const kept = "It was not approved.";
  if (!(await confirmed(context, { yes: options.yes, question, act: "approving", line, kept }))) return EXIT.error;
  const approved = await client.request<Skill>("POST", pathOf(skill.folder, "/approve"), { hash, place });
  if (out.json) out.document(approved);
  else out.print(out.terminal ? `Approved  ${approved.name}` : `${approved.name}\t${approved.state}`);
  if (!approved.used && place !== "agent")
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
