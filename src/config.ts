import { isIP } from "node:net";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import type { Effort } from "./core/effort.ts";
import { EFFORTS } from "./core/efforts.ts";
import { readEnvText } from "./core/env-file.ts";
import { isSparkyError, SparkyError } from "./core/errors.ts";
import { masked } from "./core/secrets.ts";
import { readNamedFile } from "./named-file.ts";
import { parsePrices, type Prices } from "./models/price.ts";
import { chainOf, EMBEDDING_FORM, isEmbedding } from "./models/select.ts";

/** Environment in, one frozen `Config` out. The only reader of `process.env`; everything else gets values. */

export interface Config {
  readonly home: string;
  /** null: SQLite in `home`. */
  readonly dbUrl: string | null;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Further names under which browsers reach the server, as behind a proxy. */
  readonly allowedHosts: readonly string[];
  /** PEM files of the certificate that it shows, and of its key; null: it speaks plain HTTP. */
  readonly tls: CertificateFiles | null;
  /** Where proxies come from whose word of the caller is believed: addresses, ranges, `loopback`. */
  readonly behindProxy: readonly string[];
  /** Listens beyond this machine though nothing keeps what is sent from others. */
  readonly insecureLan: boolean;
  /** By which credential approvals may be answered: any, or only in the browser of a person who is signed in. */
  readonly approveBy: (typeof APPROVE_BY)[number];
  readonly agentLoop: boolean;
  readonly pollIntervalMs: number;
  readonly concurrency: number;
  /** A YAML file of schedules that is applied at every start. */
  readonly schedulesFile: string | null;
  /** As asked for (`openai/gpt-5`); null: found from the keys that are set, else `demo`. */
  readonly model: string | null;
  readonly fallbacks: readonly string[];
  readonly modelUrl: string | null;
  /** Tokens of the model's window; null: as far as known. */
  readonly modelWindow: number | null;
  /** Whether models take pictures; null: as far as known of each. */
  readonly modelImages: boolean | null;
  /** How hard a model thinks where nobody has chosen; null: as its provider does by itself. */
  readonly modelEffort: Effort | null;
  /** Silence in a model's stream that ends it. */
  readonly modelIdleMs: number;
  /** What models cost, by their id. */
  readonly modelPrices: Prices;
  /** How commands are run. */
  readonly shell: (typeof SHELL_MODES)[number];
  /** Whether runs are given what is known that matters to them. */
  readonly recall: boolean;
  /** What recall compares meanings by, as asked for (`ollama/nomic-embed-text`); null: it goes by words alone. */
  readonly embeddingModel: string | null;
  /** The file that `--env-file` names: it may hold keys, as the home's own does. */
  readonly envFile: string | null;
  /** What a command of the `shell` tool sees of the environment. */
  readonly commandEnvironment: { readonly [variable: string]: string };
  /** What a tool server sees of the environment, beside what `mcp.json` gives it. */
  readonly serverEnvironment: { readonly [variable: string]: string };
  /** A variable of the environment or of a settings file, by its name: what `${NAME}` in `mcp.json` stands for. */
  readonly variable: (name: string) => string | undefined;
  /** What the web tools may reach, and by which way. */
  readonly web: {
    /** Hosts of the operator's own network: `wiki.corp`, `10.0.0.5:8080`. */
    readonly hosts: readonly string[];
    readonly proxies: { readonly http: string | null; readonly https: string | null; readonly none: readonly string[] };
    /** Search engines. Keys are secrets: never logged. */
    readonly search: {
      readonly searxng: string | null;
      readonly braveKey: string | null;
      readonly tavilyKey: string | null;
      readonly exaKey: string | null;
    };
  };
  /** Keys and base addresses of providers, by the variable's usual name. Secrets: never logged. */
  readonly providers: { readonly [variable: string]: string };
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Where each setting that is set comes from. */
  readonly origins: { readonly [variable: string]: Layer["origin"] };
  /** Which server the CLI talks to; null: from `server.json` and `token` in `home`. */
  readonly url: string | null;
  readonly token: string | null;
  /** What all this was read from, to read it anew. A function, so that no log that shows a configuration shows it. */
  readonly source: () => { readonly environment: Environment; readonly flags: ConfigFlags };
}

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface ConfigFlags {
  readonly host?: string;
  readonly port?: string;
  /** As `SPARKY_BEHIND_PROXY` has it. */
  readonly behindProxy?: string;
  readonly insecureLan?: boolean;
  readonly agentLoop?: boolean;
  readonly envFile?: string;
}

/** `sandbox`: closed in where that can be had; `host`: as the server's own user; `off`: there is no shell. */
const SHELL_MODES = ["sandbox", "host", "off"] as const;
const APPROVE_BY = ["any", "session"] as const;
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export const PROVIDER_VARIABLES = [
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_BASE_URL",
  "GOOGLE_GENERATIVE_AI_API_KEY",
  "GEMINI_API_KEY",
  "GOOGLE_GENERATIVE_AI_BASE_URL",
  "OLLAMA_BASE_URL",
  "LMSTUDIO_BASE_URL",
  "LLAMACPP_BASE_URL",
  "OPENROUTER_API_KEY",
  "SPARKY_MODEL_KEY",
] as const;

const COMMAND_VARIABLES = ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "USER", "LOGNAME", "SHELL"] as const;

/** They are programs of the person's own: they keep their caches and settings where they always do. */
const SERVER_VARIABLES = ["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] as const;

/** A setting as its variable has it; undefined: that is not allowed. Every command reads them, so this loads no library. */
type Read<T> = (text: string) => T | undefined;

const any: Read<string> = (text) => text;

const form =
  (pattern: RegExp): Read<string> =>
  (text) =>
    pattern.test(text) ? text : undefined;

const oneOf =
  <T extends string>(words: readonly T[]): Read<T> =>
  (text) =>
    words.find((word) => word === text);

const flag: Read<boolean> = (text) => {
  const word = text.toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return true;
  return ["false", "0", "no", "off"].includes(word) ? false : undefined;
};

/** The usual proxy is on the same machine. */
const proxies: Read<readonly string[]> = (text) => {
  const said = flag(text);
  if (said !== undefined) return said ? ["loopback"] : [];
  const places = namesIn(text).map((place) => place.toLowerCase());
  return places.every((place) => place === "loopback" || isRange(place)) ? places : undefined;
};

/** `10.0.0.5`, `172.18.0.0/16`, `fd00::/8`. */
function isRange(text: string): boolean {
  const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  return Number(bits ?? 0) <= most;
}

const number =
  (min: number, max: number, whole: boolean): Read<number> =>
  (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : undefined;
  };

const url: Read<string> = (text) =>
  URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol) ? text : undefined;

/** A socket's address has its host among the parameters, behind a user if need be: `postgres://user@/database?host=/folder`. */
const databaseUrl: Read<string> = (text) =>
  /^postgres(ql)?:/.test(text) && URL.canParse(text.replace("@/", "@localhost/")) ? text : undefined;

const embeddingModel: Read<string> = (text) => (isEmbedding(text) ? text : undefined);

/** Each variable with the words for what is allowed; an empty value means "not set". */
export const VARIABLES = {
  SPARKY_HOME: [any, "a folder"],
  SPARKY_DB_URL: [databaseUrl, "postgres://user:password@host/database"],
  SPARKY_HOST: [form(/^[A-Za-z0-9.:_-]+$/), "a host name or address, such as 127.0.0.1"],
  SPARKY_PORT: [number(0, 65_535, true), "a port from 0 to 65535"],
  SPARKY_ALLOWED_HOSTS: [form(/^[A-Za-z0-9.:_,\s-]+$/), "host names with commas between"],
  SPARKY_TLS_CERT: [any, "a PEM file"],
  SPARKY_TLS_KEY: [any, "a PEM file"],
  SPARKY_BEHIND_PROXY: [proxies, "loopback, or addresses and ranges such as 172.18.0.0/16 with commas between"],
  SPARKY_INSECURE_LAN: [flag, "yes or no"],
  SPARKY_APPROVE_BY: [oneOf(APPROVE_BY), APPROVE_BY.join(" or ")],
  SPARKY_ENABLE_AGENT_LOOP: [flag, "true or false"],
  SPARKY_AGENT_POLL_INTERVAL: [number(0.1, 86_400, false), "seconds from 0.1 to 86400"],
  SPARKY_AGENT_CONCURRENCY: [number(1, 256, true), "a whole number from 1 to 256"],
  SPARKY_SCHEDULES_FILE: [any, "a YAML file"],
  SPARKY_MODEL: [any, "a model, or several with commas between"],
  AGENT_MODEL: [any, "a model"],
  SPARKY_MODEL_URL: [url, "http://host/v1 or https://host/v1"],
  SPARKY_MODEL_PRICES: [
    parsePrices,
    "MODEL=INPUT/OUTPUT[/CACHED] with commas between, in US dollars for a million tokens",
  ],
  SPARKY_MODEL_WINDOW: [number(1000, 100_000_000, true), "tokens, from 1000 on"],
  SPARKY_MODEL_IMAGES: [flag, "on or off"],
  SPARKY_MODEL_EFFORT: [oneOf(EFFORTS), EFFORTS.join(", ")],
  SPARKY_MODEL_IDLE_TIMEOUT: [number(1, 3600, false), "seconds from 1 to 3600"],
  SPARKY_SEARCH_URL: [url, "http://host:port or https://host, of a SearXNG server"],
  BRAVE_API_KEY: [any, "a key"],
  TAVILY_API_KEY: [any, "a key"],
  EXA_API_KEY: [any, "a key"],
  SPARKY_WEB_HOSTS: [form(/^[A-Za-z0-9.:_,\s-]+$/), "host names or addresses with commas between"],
  SPARKY_SHELL: [oneOf(SHELL_MODES), SHELL_MODES.join(", ")],
  SPARKY_RECALL: [flag, "on or off"],
  SPARKY_EMBEDDING_MODEL: [embeddingModel, EMBEDDING_FORM],
  LOG_LEVEL: [oneOf(LOG_LEVELS), LOG_LEVELS.join(", ")],
  SPARKY_URL: [url, "http://host:port"],
  SPARKY_TOKEN: [any, "a token"],
} as const satisfies { readonly [name: string]: readonly [Read<unknown>, string] };

/** What counts where a variable is not set. */
export const DEFAULTS = {
  SPARKY_HOST: "127.0.0.1",
  SPARKY_PORT: "8000",
  SPARKY_INSECURE_LAN: "no",
  SPARKY_APPROVE_BY: "any",
  SPARKY_ENABLE_AGENT_LOOP: "false",
  SPARKY_AGENT_POLL_INTERVAL: "10",
  SPARKY_AGENT_CONCURRENCY: "4",
  SPARKY_MODEL_IDLE_TIMEOUT: "120",
  SPARKY_SHELL: "sandbox",
  SPARKY_RECALL: "on",
  LOG_LEVEL: "info",
} as const satisfies { readonly [name in Name]?: string };

export type Name = keyof typeof VARIABLES;
export type Environment = { readonly [name: string]: string | undefined };
type Value<N extends Name> = Exclude<ReturnType<(typeof VARIABLES)[N][0]>, undefined>;
type Parsed<N extends Name> = Value<N> | (N extends keyof typeof DEFAULTS ? never : undefined);

/** A place that settings come from. */
export interface Layer {
  readonly origin: "environment" | "env-file" | "home";
  /** Where that is a file. */
  readonly file: string | null;
  readonly values: Environment;
}

/** The files among the places where settings are looked for. */
export function filesOf(environment: Environment, flags: ConfigFlags): readonly string[] {
  const own = envFileOf(homeOf(environment));
  return isBlank(flags.envFile) ? [own] : [pathFrom(flags.envFile ?? "", environment), own];
}

/** Where settings are looked for: the first place that has a value wins, and an empty one is no value. */
export function layersOf(environment: Environment, flags: ConfigFlags): readonly Layer[] {
  const named = isBlank(flags.envFile) ? null : pathFrom(flags.envFile ?? "", environment);
  const own = envFileOf(homeOf(environment));
  return [
    { origin: "environment", file: null, values: environment },
    ...(named === null ? [] : [{ origin: "env-file", file: named, values: readEnvFile(named, "required") } as const]),
    { origin: "home", file: own, values: readEnvFile(own, "optional") },
  ];
}

/** The home is named by the environment alone: a file in it cannot say where it is. */
export function homeOf(environment: Environment): string {
  const named = environment["SPARKY_HOME"] ?? "";
  return isBlank(named) ? join(personsFolder(environment), ".sparky") : pathFrom(named, environment);
}

/** A variable that is set to nothing is not set. */
export const isBlank = (value: string | undefined): boolean => value === undefined || value.trim() === "";

/** A path as it is written where no shell has read it: `~` is the person's own folder. */
function pathFrom(written: string, environment: Environment): string {
  const path = written.trim();
  if (!path.startsWith("~")) return resolve(path);
  if (path === "~" || path.startsWith("~/")) return resolve(join(personsFolder(environment), path.slice(1)));
  throw new SparkyError("invalid_input", `${path} is somebody else's folder, which only a shell can find`, {
    hint: "name it from the root, or below your own as ~/folder",
  });
}

/** As the environment says, else as the system knows it. */
function personsFolder(environment: Environment): string {
  const named = environment["HOME"] ?? "";
  if (!isBlank(named)) return resolve(named);
  try {
    return userInfo().homedir;
  } catch (cause) {
    throw new SparkyError("invalid_input", "HOME is not set, and this system does not know your folder", {
      cause,
      hint: "set SPARKY_HOME to a folder that you may write to",
    });
  }
}

export const envFileOf = (home: string): string => join(home, ".env");

/** Throws `invalid_input` naming the variable, its value and what is allowed. */
export function parseVariable<N extends Name>(name: N, raw: string): Value<N> {
  const [read, allowed] = VARIABLES[name];
  const value = read(raw.trim());
  // What reads a variable is found by its name.
  if (value !== undefined) return value as Value<N>;
  const shown = name === "SPARKY_DB_URL" ? "***" : JSON.stringify(masked(name, raw));
  throw new SparkyError("invalid_input", `${name} is ${shown}, which is not allowed`, {
    hint: `set ${name} to ${allowed}`,
  });
}

/** Throws `invalid_input` naming the variable, its value and what is allowed. The real environment wins over files. */
export function loadConfig(environment: Environment = process.env, flags: ConfigFlags = {}): Config {
  const home = homeOf(environment);
  const layers = layersOf(environment, flags);
  const find = (name: string): string | undefined =>
    layers.map(({ values }) => values[name]).find((value) => !isBlank(value));
  const get = <N extends Name>(name: N, override?: string): Parsed<N> => {
    const fallback: { readonly [name in Name]?: string } = DEFAULTS;
    const raw = isBlank(override) ? (find(name) ?? fallback[name]) : override;
    // Only what has a default is always there.
    return (raw === undefined ? undefined : parseVariable(name, raw)) as Parsed<N>;
  };
  const schedulesFile = get("SPARKY_SCHEDULES_FILE");
  return Object.freeze({
    home,
    dbUrl: get("SPARKY_DB_URL") ?? null,
    host: get("SPARKY_HOST", flags.host),
    port: get("SPARKY_PORT", flags.port),
    allowedHosts: namesIn(get("SPARKY_ALLOWED_HOSTS")),
    tls: certificateFiles(get("SPARKY_TLS_CERT"), get("SPARKY_TLS_KEY"), environment),
    behindProxy: get("SPARKY_BEHIND_PROXY", flags.behindProxy) ?? [],
    insecureLan: flags.insecureLan ?? get("SPARKY_INSECURE_LAN"),
    approveBy: get("SPARKY_APPROVE_BY"),
    agentLoop: flags.agentLoop ?? get("SPARKY_ENABLE_AGENT_LOOP"),
    pollIntervalMs: get("SPARKY_AGENT_POLL_INTERVAL") * 1000,
    concurrency: get("SPARKY_AGENT_CONCURRENCY"),
    schedulesFile: schedulesFile === undefined ? null : pathFrom(schedulesFile, environment),
    ...chainOf(get("SPARKY_MODEL") ?? get("AGENT_MODEL") ?? null),
    modelUrl: get("SPARKY_MODEL_URL") ?? null,
    modelWindow: get("SPARKY_MODEL_WINDOW") ?? null,
    modelImages: get("SPARKY_MODEL_IMAGES") ?? null,
    modelEffort: get("SPARKY_MODEL_EFFORT") ?? null,
    modelIdleMs: get("SPARKY_MODEL_IDLE_TIMEOUT") * 1000,
    modelPrices: get("SPARKY_MODEL_PRICES") ?? {},
    shell: get("SPARKY_SHELL"),
    recall: get("SPARKY_RECALL"),
    embeddingModel: get("SPARKY_EMBEDDING_MODEL") ?? null,
    envFile: layers.find(({ origin }) => origin === "env-file")?.file ?? null,
    commandEnvironment: pick(COMMAND_VARIABLES, (name) => environment[name]),
    serverEnvironment: pick([...COMMAND_VARIABLES, ...SERVER_VARIABLES], (name) => environment[name]),
    variable: find,
    web: {
      hosts: namesIn(get("SPARKY_WEB_HOSTS")).map((name) => name.toLowerCase()),
      proxies: proxiesIn(environment),
      search: {
        searxng: get("SPARKY_SEARCH_URL") ?? null,
        braveKey: get("BRAVE_API_KEY") ?? null,
        tavilyKey: get("TAVILY_API_KEY") ?? null,
        exaKey: get("EXA_API_KEY") ?? null,
      },
    },
    providers: pick(PROVIDER_VARIABLES, find),
    logLevel: get("LOG_LEVEL"),
    origins: originsOf(layers),
    url: get("SPARKY_URL")?.replace(/\/+$/, "") ?? null,
    token: get("SPARKY_TOKEN") ?? null,
    source: () => ({ environment, flags }),
  });
}

/** Names with commas or blanks between. */
function namesIn(list = ""): readonly string[] {
  return list.split(/[\s,]+/).filter((name) => name !== "");
}

function certificateFiles(cert = "", key = "", environment: Environment): CertificateFiles | null {
  if (cert === "" && key === "") return null;
  if (cert !== "" && key !== "") return { cert: pathFrom(cert, environment), key: pathFrom(key, environment) };
  const [set, missing] = key === "" ? ["SPARKY_TLS_CERT", "SPARKY_TLS_KEY"] : ["SPARKY_TLS_KEY", "SPARKY_TLS_CERT"];
  throw new SparkyError("invalid_input", `${set} is set, and ${missing} is not`, {
    hint: `name both, the certificate and its key: sparky config set ${missing} FILE`,
  });
}

/** In the variables that all programs read, which are written small by some. */
function proxiesIn(environment: Environment): Config["web"]["proxies"] {
  const value = (name: string): string | null => {
    const found = [name.toLowerCase(), name].map((each) => environment[each]).find((each) => !isBlank(each));
    return found?.trim() ?? null;
  };
  const proxy = (name: string): string | null => {
    const address = value(name);
    if (address === null) return null;
    const whole = address.includes("://") ? address : `http://${address}`;
    if (URL.canParse(whole) && /^https?:/i.test(whole)) return whole;
    throw new SparkyError("invalid_input", `${name} is ${JSON.stringify(masked("_URL", whole))}, which is no proxy`, {
      hint: `set ${name} to http://host:port`,
    });
  };
  return { http: proxy("HTTP_PROXY"), https: proxy("HTTPS_PROXY"), none: namesIn(value("NO_PROXY") ?? "") };
}

function originsOf(layers: readonly Layer[]): Config["origins"] {
  const origins: { [variable: string]: Layer["origin"] } = {};
  for (const name of [...Object.keys(VARIABLES), ...PROVIDER_VARIABLES]) {
    const layer = layers.find(({ values }) => !isBlank(values[name]));
    if (layer !== undefined) origins[name] = layer.origin;
  }
  return Object.freeze(origins);
}

function pick(
  names: readonly string[],
  find: (name: string) => string | undefined,
): { readonly [variable: string]: string } {
  return Object.freeze(
    Object.fromEntries(
      names.flatMap((name) => {
        const value = find(name);
        return value === undefined || isBlank(value) ? [] : [[name, value]];
      }),
    ),
  );
}

function readEnvFile(path: string, need: "optional" | "required"): Environment {
  let text: string;
  try {
    text = readNamedFile(path);
  } catch (cause) {
    if (isSparkyError(cause)) throw cause;
    // No file, or no folder: what is wrong with the home itself is said by whoever opens it.
    if (need === "optional" && ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "")) return {};
    throw new SparkyError("invalid_input", `cannot read the settings file ${path}`, {
      cause,
      hint: "check its path and permissions",
    });
  }
  const { bad } = readEnvText(text);
  if (bad !== null) {
    throw new SparkyError("invalid_input", `line ${bad.line} of ${path} ${bad.why}`, {
      hint: "write one NAME=value on each line, and # before a comment",
    });
  }
  return parseEnv(text);
}
