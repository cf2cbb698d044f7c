import { dirname } from "node:path";
import { holdsSecret, masked } from "../../core/secrets.ts";
import { settingNamed } from "./config.ts";
import type { Context } from "../command/context.ts";
import type { Setting, SettingChange } from "../deps.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";

export async function setConfig(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const [given = "", argument] = args;
  const setting = settingNamed((await context.deps.settings({})).items, given);
  const value = argument ?? (await typed(context, setting));
  if (argument !== undefined && (setting.secret || holdsSecret(setting.name, argument))) {
    throw usage(
      `${setting.name} holds a secret, and others can see the arguments of a command`,
      `sparky config set ${setting.name} < FILE, or without a value: it is asked for`,
    );
  }
  if (value.trim() === "") throw usage(`no value came for ${setting.name}`, `sparky config unset ${setting.name}`);
  const done = await context.deps.changeSetting(setting.name, value);
  if (out.json) await document(context, done);
  else {
    const shown = masked(setting.name, value.trim());
    if (!out.terminal) out.print(`${setting.name}\t${shown}\t${done.file}`);
    else out.print(`${done.changed ? "Set" : "Was set before:"} ${setting.name}=${shown} in ${done.file}`);
    await tellEffects(context, done, "home");
  }
  return EXIT.ok;
}

export async function unsetConfig(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const { name } = settingNamed((await context.deps.settings({})).items, args[0] ?? "");
  const done = await context.deps.changeSetting(name, null);
  if (out.json) await document(context, done);
  else {
    if (!done.changed) out.note(`${name} was not in ${done.file}`);
    else if (out.terminal) out.print(`Took ${name} out of ${done.file}`);
    else out.print(`${name}\t\t${done.file}`);
    await tellEffects(context, done, "default");
  }
  return EXIT.ok;
}

async function typed({ io }: Context, { name, secret }: Setting): Promise<string> {
  if (!io.stdinIsTerminal) return (await io.readInput()).replace(/\r?\n$/, "");
  const answer = secret ? await io.askSecret(`${name} (not shown): `) : await io.ask(`${name}: `);
  if (answer === null) throw new Failure(EXIT.interrupted, "interrupted", "nothing was changed");
  return answer;
}

async function document(context: Context, done: SettingChange): Promise<void> {
  const { setting, file, changed, problem } = done;
  const restart = !done.takenUp && (await isNews(context, done));
  context.out.document({ setting, file, changed, problem, restart });
}

/** What the change does not do by itself. */
async function tellEffects(context: Context, done: SettingChange, wanted: Setting["origin"]): Promise<void> {
  const { out } = context;
  const { name, origin } = done.setting;
  if (origin !== wanted) out.note(`  the environment says ${name} too, and wins: unset ${name}`);
  if (done.problem !== null) out.note(`  a server would not start like this: ${done.problem}`);
  if (!(await isNews(context, done))) return;
  if (!done.takenUp) out.note("  the server that runs does not know it yet: sparky chat restart");
  else if (done.problem === null) out.note("  the server that runs has its next answer by it");
}

/** For a server that runs; settings of the command line count at once. */
async function isNews({ deps }: Context, { changed, file, setting }: SettingChange): Promise<boolean> {
  if (!changed || ["SPARKY_URL", "SPARKY_TOKEN"].includes(setting.name)) return false;
  return (await deps.homeState(dirname(file))).held;
}
