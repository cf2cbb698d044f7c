import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { parseEnv } from "node:util";
import {
  DEFAULTS,
  PROVIDER_VARIABLES,
  VARIABLES,
  envFileOf,
  filesOf,
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
import { selectChain } from "./models/select.ts";

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
  /** A server that runs knows it without being started again. */
  readonly takenUp: boolean;
}

/** Writes a setting into the home's file; null takes it out. Throws `invalid_input` for what a start would refuse. */
export async function changeSetting(environment: Environment, name: string, value: string | null): Promise<Changed> {
  const { file, changed } = await changeSettings(environment, {}, new Map([[name, value]]));
  const setting = settingOf(name, layersOf(environment, {}));
  return { setting, file, changed, problem: startProblem(environment), takenUp: TAKEN_UP.has(name) };
}

/** The same for several that belong together: the file has all of them or none. */
export async function changeSettings(
  environment: Environment,
  flags: ConfigFlags,
  changes: ReadonlyMap<string, string | null>,
): Promise<Pick<Changed, "file" | "changed">> {
  const file = envFileOf(homeOf(environment));
  const wanted = [...changes].map(([name, value]) => [name, wantedValue(name, value)] as const);
  // A file that cannot be read as it is must not be made worse.
  layersOf(environment, flags);
  const changed = await rewrite(file, (before) =>
    wanted.reduce((text, [name, value]) => {
      if (value === null) return withoutSetting(text, name);
      const next = withSetting(text, name, value);
      if (next !== null && parseEnv(next)[name] === value) return next;
      throw new SparkyError("invalid_input", `the value of ${name} cannot be written into ${file}`, {
        hint: "it has a control character, or every kind of quote",
      });
    }, before),
  );
  return { file, changed };
}

function wantedValue(name: string, value: string | null): string | null {
  if (name === "SPARKY_HOME") {
    throw new SparkyError("invalid_input", "SPARKY_HOME says where the settings file is, so it cannot be in it", {
      hint: "set it in the environment: export SPARKY_HOME=/path",
    });
  }
  const wanted = value?.trim() ?? null;
  if (wanted === "") {
    throw new SparkyError("invalid_input", `an empty ${name} means that it is not set`, {
      hint: `sparky config unset ${name}`,
    });
  }
  if (wanted !== null) check(name, wanted);
  return wanted;
}

/** What a server that runs takes up by itself when its files change: how it reaches its models. */
const TAKEN_UP: ReadonlySet<string> = new Set([
  ...Object.keys(VARIABLES).filter((name) => /^(SPARKY|AGENT)_MODEL/.test(name)),
  ...PROVIDER_VARIABLES,
]);

/** The rest of what its files say, which a server reads at its start alone: to be compared. Throws for a file that cannot be read. */
export function settingsOfStart(environment: Environment, flags: ConfigFlags): string {
  const rest = layersOf(environment, flags)
    .filter(({ origin }) => origin !== "environment")
    .map(({ values }) => Object.entries(values).filter(([name]) => !TAKEN_UP.has(name)));
  return JSON.stringify(rest.map((each) => each.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}

/** Tells whether a settings file is another one than it was: of those that a server with these flags reads. */
export function settingsStamp(environment: Environment, flags: ConfigFlags): string {
  const stamps = filesOf(environment, flags).map((file) => {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.ino} ${found.size} ${found.ctimeNs}`;
  });
  return stamps.join("; ");
}

const withHint = (error: unknown): string =>
  isSparkyError(error) && error.hint !== undefined ? `${error.message}: ${error.hint}` : messageOf(error);

/** What a start would say to the settings as they are. */
function startProblem(environment: Environment): string | null {
  try {
    selectChain(loadConfig(environment));
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
      // Of the same mode though somebody took it for abandoned meanwhile.
      writeFileSync(draft, after, { flush: true, mode: 0o600 });
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    renameSync(draft, file);
    syncFolder(dirname(file));
    return true;
  } catch (cause) {
    if (cause instanceof SparkyError) throw cause;
    throw new SparkyError("unavailable", `cannot write ${path}: ${messageOf(cause)}`, {
      cause,
      hint: "check the permissions of its folder, or set SPARKY_HOME to one that you may write to",
    });
  }
}

/** After a power cut too the folder names the new file; where a folder cannot be synced, the system does it in its own time. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows, and some file systems of networks: the file itself is in its place.
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
    // One of the future was left as well, before the clock was set back.
    if (made > 0 && Math.abs(Date.now() - made) > ABANDONED_MS) rmSync(draft, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}
