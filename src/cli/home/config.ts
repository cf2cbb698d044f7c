import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { nearest } from "../../core/nearest.ts";
import type { Context } from "../command/context.ts";
import type { Setting } from "../deps.ts";
import { Failure } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";

export type ConfigOptions = { envFile?: string };

export async function listConfig(
  context: Context,
  _args: readonly string[],
  options: ConfigOptions,
): Promise<ExitCode> {
  const { out, deps } = context;
  const { items, problem } = await deps.settings(options);
  const problems = [problem, ...items.map((setting) => setting.problem)].filter((each) => each !== null);
  if (out.json) out.document({ items, next: null, total: items.length });
  else {
    out.table(
      [{ title: "NAME" }, { title: "VALUE", max: 44 }, { title: "FROM" }],
      items.map((setting) => [setting.name, setting.value ?? "", originWords(setting)]),
    );
  }
  return say(context, problems);
}

function say({ out }: Context, problems: readonly string[]): ExitCode {
  for (const problem of problems) out.note(`${out.paint.red("✕")} ${problem}`);
  return problems.length === 0 ? EXIT.ok : EXIT.error;
}

export function originWords({ origin, file, value }: Setting): string {
  switch (origin) {
    case "environment":
      return "environment";
    case "env-file":
      return `--env-file ${file}`;
    case "home":
      return file ?? "";
    case "default":
      return value === null ? "not set" : "default";
    default:
      return origin satisfies never;
  }
}

export async function getConfig(context: Context, args: readonly string[], options: ConfigOptions): Promise<ExitCode> {
  const { out, deps } = context;
  const { items, problem } = await deps.settings(options);
  const setting = settingNamed(items, args[0] ?? "");
  if (setting.value === null && problem === null) {
    throw new Failure(EXIT.notFound, "not_found", `${setting.name} is not set`, `sparky config set ${setting.name}`);
  }
  if (out.json) out.document(setting);
  else if (setting.value !== null) out.print(setting.value);
  return say(
    context,
    [problem, setting.problem].filter((each) => each !== null),
  );
}

export function settingNamed(items: readonly Setting[], given: string): Setting {
  const found = items.find(({ name }) => name === given) ?? items.find(({ name }) => name === given.toUpperCase());
  if (found !== undefined) return found;
  const near = nearest(
    given,
    items.map(({ name }) => name),
  );
  const meant = near === null ? "sparky config list" : `did you mean ${near}? See: sparky config list`;
  throw new Failure(EXIT.notFound, "not_found", `there is no setting ${JSON.stringify(given)}`, meant);
}

export async function configPath({ out, deps }: Context): Promise<void> {
  const { file } = await deps.settings({});
  const exists = existsSync(file);
  if (out.json) return out.document({ file, home: dirname(file), exists });
  out.print(file);
  if (!exists) out.note("  not there yet: sparky config set makes it");
}
