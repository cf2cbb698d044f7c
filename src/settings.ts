import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseEnv } from "node:util";
import {
  DEFAULTS,
  PROVIDER_VARIABLES,
  VARIABLES,
  envFileOf,
  homeOf,
  isBlank,
  layersOf,
  loadConfig,
  parseVariable,
  type ConfigFlags,
  type Environment,
  type Layer,
  type Name,
} from "./config.ts";
import { withSetting, withoutSetting } from "./core/env-file.ts";
import { isSparkyError, messageOf, SparkyError } from "./core/errors.ts";
import { isSecret, masked } from "./core/secrets.ts";
import { readNamedFile } from "./named-file.ts";
import { selectModel } from "./models/select.ts";

/** What is set, where it comes from, and the home's own settings file, changed. */

export interface Settings {
  /** The home's own file, be it there or not. */
  readonly file: string;
  readonly problem: string | null;
  readonly home: string;
  readonly items: readonly Setting[];
}

export interface Setting {
  readonly name: string;
  /** As far as it may be shown; null: not set, and without a default. */
  readonly value: string | null;
  readonly origin: Layer["origin"] | "default";
  /** Which file, where it comes from one. */
  readonly file: string | null;
  readonly default: string | null;
  readonly allowed: string;
  readonly secret: boolean;
  /** What is wrong with the value. */
  readonly problem: string | null;
}

const DEFAULT_WORDS: { readonly [name: string]: string } = {
  ...DEFAULTS,
  SPARKY_MODEL: "found from the keys that are set, else demo",
};

const PROVIDER_WORDS = { key: "a key", url: "http://host/path or https://host/path" };

const SETTINGS: readonly string[] = [...Object.keys(VARIABLES), ...PROVIDER_VARIABLES];

/** A file that cannot be read is named as the problem; the settings are then shown without any file's. */
export function readSettings(environment: Environment, flags: ConfigFlags): Settings {
  const file = envFileOf(homeOf(environment));
  const shown = (layers: readonly Layer[], problem: string | null): Settings => ({
    home: homeOf(environment),
    file,
    problem,
    items: SETTINGS.map((name) => settingOf(name, layers)),
  });
  try {
    return shown(layersOf(environment, flags), null);
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    return shown([{ origin: "environment", file: null, values: environment }], withHint(error));
  }
}

function settingOf(name: string, layers: readonly Layer[]): Setting {
  const layer = layers.find(
    ({ values, origin }) => !isBlank(values[name]) && (name !== "SPARKY_HOME" || origin === "environment"),
  );
  const raw = layer?.values[name];
  const facts = {
    name,
    default: name === "SPARKY_HOME" ? homeOf({ HOME: layers[0]?.values["HOME"] }) : (DEFAULT_WORDS[name] ?? null),
    allowed: allowedFor(name),
    secret: isSecret(name),
  };
  if (layer === undefined || raw === undefined) {
    return { ...facts, value: facts.default, origin: "default", file: null, problem: null };
  }
  return { ...facts, value: masked(name, raw), origin: layer.origin, file: layer.file, problem: problemOf(name, raw) };
}

function allowedFor(name: string): string {
  if (isVariable(name)) return VARIABLES[name][1];
  return name.endsWith("_URL") ? PROVIDER_WORDS.url : PROVIDER_WORDS.key;
}

const isVariable = (name: string): name is Name => Object.hasOwn(VARIABLES, name);

function problemOf(name: string, raw: string): string | null {
  try {
    check(name, raw);
    return null;
  } catch (error) {
    return withHint(error);
  }
}

/** Throws `invalid_input`, as a start with this value would. */
function check(name: string, raw: string): void {
  if (isVariable(name)) return void parseVariable(name, raw);
  if (!name.endsWith("_URL") || /^https?:\/\/[^\s/]+/.test(raw.trim())) return;
  throw new SparkyError("invalid_input", `${name} is ${JSON.stringify(masked(name, raw))}, which is not allowed`, {
    hint: `set ${name} to ${PROVIDER_WORDS.url}`,
  });
}

export interface Changed {
  /** As it counts now: what the environment says wins over the file. */
  readonly setting: Setting;
  readonly file: string;
  /** False: the file was so before. */
  readonly changed: boolean;
  /** Why a server would not start with the settings as they are. */
  readonly problem: string | null;
}

/** Writes a setting into the home's file; null takes it out. Throws `invalid_input` for what a start would refuse. */
export async function changeSetting(environment: Environment, name: string, value: string | null): Promise<Changed> {
  if (name === "SPARKY_HOME") {
    throw new SparkyError("invalid_input", "SPARKY_HOME says where the settings file is, so it cannot be in it", {
      hint: "set it in the environment: export SPARKY_HOME=/path",
    });
  }
  const file = envFileOf(homeOf(environment));
  const wanted = value?.trim() ?? null;
  if (wanted === "") {
    throw new SparkyError("invalid_input", `an empty ${name} means that it is not set`, {
      hint: `sparky config unset ${name}`,
    });
  }
  if (wanted !== null) check(name, wanted);
  // A file that cannot be read as it is must not be made worse.
  layersOf(environment, {});
  const changed = await rewrite(file, (text) => {
    if (wanted === null) return withoutSetting(text, name);
    const next = withSetting(text, name, wanted);
    if (next !== null && parseEnv(next)[name] === wanted) return next;
    throw new SparkyError("invalid_input", `the value of ${name} cannot be written into ${file}`, {
      hint: "it has a control character, or every kind of quote",
    });
  });
  return { setting: settingOf(name, layersOf(environment, {})), file, changed, problem: startProblem(environment) };
}

const withHint = (error: unknown): string =>
  isSparkyError(error) && error.hint !== undefined ? `${error.message}: ${error.hint}` : messageOf(error);

/** What a start would say to the settings as they are. */
function startProblem(environment: Environment): string | null {
  try {
    selectModel(loadConfig(environment));
    return null;
  } catch (error) {
    return withHint(error);
  }
}

/** Writing takes milliseconds: what is older was left by a process that died. */
const ABANDONED_MS = 5000;
const WAIT_MS = 50;

/**
 * In one step, and for its owner's eyes only: a reader sees the old file or the new one. The draft is made exclusively, so
 * two that change the file at once do so one after the other, and neither's change is lost.
 */
async function rewrite(path: string, change: (text: string) => string): Promise<boolean> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // A link stays one, and what it leads to is written.
    const file = existsSync(path) ? realpathSync(path) : path;
    const draft = `${file}.draft`;
    await claim(draft);
    try {
      const before = existsSync(file) ? readNamedFile(file) : "";
      const after = change(before);
      if (after === before) {
        rmSync(draft);
        return false;
      }
      writeFileSync(draft, after, { flush: true });
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    renameSync(draft, file);
    return true;
  } catch (cause) {
    if (cause instanceof SparkyError) throw cause;
    throw new SparkyError("unavailable", `cannot write ${path}: ${messageOf(cause)}`, {
      cause,
      hint: "check the permissions of its folder, or set SPARKY_HOME to one that you may write to",
    });
  }
}

async function claim(draft: string): Promise<void> {
  for (;;) {
    try {
      return writeFileSync(draft, "", { flag: "wx", mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const made = statSync(draft, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (made > 0 && Date.now() - made > ABANDONED_MS) rmSync(draft, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}
