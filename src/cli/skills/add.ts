import type { CheckedSkill, Skill } from "../../wire/skills.ts";
import type { Context } from "../command/context.ts";
import { asFailure, Failure } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { skillsAt } from "./folder.ts";

export type AddOptions = { replace?: true };

/** Each for itself: one that is refused keeps the others from nothing. */
export async function addSkills(context: Context, args: readonly string[], options: AddOptions): Promise<ExitCode> {
  const { out } = context;
  const skills = skillsAt(args[0] ?? "");
  const client = await context.client("any");
  const added: Skill[] = [];
  let exit: ExitCode = EXIT.ok;
  for (const skill of skills) {
    try {
      const body = { ...skill, ...(options.replace && { replace: true }) };
      added.push(await client.request<Skill>("POST", "/api/skills", body));
    } catch (error) {
      const { exit: code, code: word, message, hint } = asFailure(error);
      const failure = new Failure(code, word, message, hint ?? `sparky skills validate ${args[0] ?? ""}`);
      if (skills.length === 1) throw failure;
      exit = failure.exit;
      out.failure(failure);
    }
  }
  if (out.json) out.document({ items: added, next: null, total: added.length });
  else {
    for (const { name, state, warnings } of added) {
      out.print(out.terminal ? `Added  ${name}` : `${name}\t${state}`);
      for (const warning of warnings) out.note(`  ${warning}`);
      if (out.terminal && state !== "approved")
        out.note(`  look at it and let runs use it: sparky skills approve ${name}`);
    }
  }
  return exit;
}

export async function validateSkills(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  const items: (CheckedSkill & { readonly folder: string })[] = [];
  for (const skill of skillsAt(args[0] ?? "")) {
    items.push({
      folder: skill.folder,
      ...(await client.request<CheckedSkill>("POST", "/api/skills/validate", skill)),
    });
  }
  if (out.json) out.document({ items, next: null, total: items.length });
  else {
    for (const { folder, ok, problem, warnings } of items) {
      const mark = ok ? (warnings.length === 0 ? "good" : "usable") : "broken";
      out.print(
        out.terminal
          ? `${mark.padEnd(6)}  ${folder}`
          : [folder, mark, ...(problem === null ? [] : [problem]), ...warnings].join("\t"),
      );
      if (out.terminal)
        for (const line of [...(problem === null ? [] : [problem]), ...warnings]) out.print(`        ${line}`);
    }
  }
  return items.every(({ ok }) => ok) ? EXIT.ok : EXIT.error;
}
