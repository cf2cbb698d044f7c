import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";
import { ORIGINS } from "../../core/origins.ts";
import { shorten } from "../../core/text.ts";
import { policyOf, type Policy, type Verdict } from "../policy.ts";
import { isGivenInside } from "./inside.ts";

/** One server of `mcp.json`, in a form of ours whatever program's snippet it came from. Variables are not yet filled in. */

export type Reached =
  | {
      readonly by: "stdio";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: { readonly [name: string]: string };
      /** null: the folder of whoever's run calls it. */
      readonly cwd: string | null;
      /** How it is closed in; null: it may do what the server's user may. */
      readonly sandbox: ClosedIn | null;
    }
  | { readonly by: "http"; readonly url: string; readonly headers: { readonly [name: string]: string } };

export interface ClosedIn {
  readonly network: boolean;
  /** Folders and files that it sees beside the system's and its workspace. */
  readonly read: readonly string[];
}

export interface ServerDefinition {
  readonly name: string;
  readonly reached: Reached;
  readonly enabled: boolean;
  /** Whether members may use it too, and not only the owner and the owner's unattended work. */
  readonly shared: boolean;
  readonly policy: Policy;
  readonly toolPolicy: { readonly [tool: string]: Policy };
  /** null: all. */
  readonly include: readonly string[] | null;
  readonly exclude: readonly string[];
  /** May be run again after a crash: our own word, never the server's. */
  readonly idempotent: readonly string[];
  readonly timeoutMs: number;
  readonly connectMs: number;
  /** Ended when nobody has used it for a while; it starts again with the next call. */
  readonly lazy: boolean;
  /** What the server knows us by, where its owner has made that for us; null: it is asked for. */
  readonly client: { readonly client_id: string; readonly client_secret?: string } | null;
}

export interface ReadServer {
  readonly definition: ServerDefinition;
  /** What was there and does not count, each with what to do. */
  readonly warnings: readonly string[];
}

const DEFAULT_CALL_MS = 60_000;
const DEFAULT_CONNECT_MS = 30_000;
const MAX_NAME = 60;

const verdict = z.enum(["allow", "ask", "deny"]);
const policy = z.union([verdict, z.partialRecord(z.enum(ORIGINS), verdict)], {
  error: '"allow", "ask" or "deny", or one of them for each of chat, task and schedule',
});
const words = z.array(z.string(), { error: "a list of texts" });
const texts = z.record(z.string(), z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]), {
  error: "names with texts",
});
/** YAML has these words for yes and no. */
const isOn = z.union([z.boolean(), z.enum(["on", "off"]).transform((word) => word === "on")], {
  error: "true or false",
});
const time = z.number({ error: "a number" }).positive().max(86_400_000);

/** What each key takes. Those that count for us; the programs' others are in `IGNORED`. */
const KEYS = {
  type: z.enum(["stdio", "http", "streamable-http", "streamableHttp", "sse"]),
  transport: z.enum(["stdio", "http", "streamable-http", "streamableHttp", "sse"]),
  command: z.string().min(1),
  args: z.array(z.union([z.string(), z.number().transform(String)]), { error: "a list of texts" }),
  env: texts,
  cwd: z.string().min(1),
  url: z.string().min(1),
  headers: texts,
  disabled: z.boolean(),
  enabled: z.boolean(),
  shared: z.boolean(),
  policy,
  tools: z.strictObject({
    include: words.optional(),
    exclude: words.optional(),
    policy: z.record(z.string(), policy).optional(),
  }),
  idempotent: words,
  timeoutMs: time,
  timeout: time,
  connectTimeoutMs: time,
  connect_timeout: time,
  lazy: z.boolean(),
  sandbox: isOn,
  network: isOn,
  read: words,
  oauth: z.looseObject({ clientId: z.string().min(1).optional(), clientSecret: z.string().min(1).optional() }),
} as const;
const entry = z.object(KEYS).partial();

/** Keys of other programs that are known and do not count here, with why. */
const IGNORED: { readonly [key: string]: string } = {
  alwaysAllow: "is shown and not obeyed: which calls are allowed unasked is said by policy",
  autoApprove: "is shown and not obeyed: which calls are allowed unasked is said by policy",
  description: "",
  name: "",
  icon: "",
  gallery: "",
  version: "",
  dev: "is not used here",
  envFile: "is not read: write the variables into env",
};

/** Throws `invalid_input` that names the server, the key and what is allowed. */
export function readServer(name: string, raw: unknown): ReadServer {
  const bad = (message: string, hint?: string): SparkyError =>
    new SparkyError("invalid_input", `${JSON.stringify(name)}: ${message}`, hint === undefined ? {} : { hint });
  if (!/^[^\s/\\\p{C}][^/\\\p{C}]*$/u.test(name) || name.length > MAX_NAME) {
    throw bad("a server's name has 1 to 60 characters, without slashes and control characters", nameHint(name));
  }
  if (!isRecord(raw)) throw bad("a server is an object", 'for example {"command": "npx", "args": ["-y", "a-server"]}');
  const warnings = Object.keys(raw).flatMap(warningOf);
  const parsed = entry.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw bad(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const it = parsed.data;
  const reached = reachedBy(it, bad, warnings);
  const base = policyOf(clean(it.policy) ?? "ask", ASK);
  const toolPolicy = Object.entries(it.tools?.policy ?? {}).map(([tool, own]) => [
    tool,
    policyOf(clean(own) ?? "ask", base),
  ]);
  return {
    definition: {
      name,
      reached,
      enabled: it.disabled !== true && it.enabled !== false,
      shared: it.shared === true,
      policy: base,
      toolPolicy: Object.fromEntries(toolPolicy) as ServerDefinition["toolPolicy"],
      include: it.tools?.include ?? null,
      exclude: it.tools?.exclude ?? [],
      idempotent: it.idempotent ?? [],
      timeoutMs: it.timeoutMs ?? milliseconds(it.timeout) ?? DEFAULT_CALL_MS,
      lazy: it.lazy !== false,
      client: clientOf(it.oauth),
      connectMs: it.connectTimeoutMs ?? milliseconds(it.connect_timeout) ?? DEFAULT_CONNECT_MS,
    },
    warnings,
  };
}

/** What a name that cannot be taken would be like one that can. */
function nameHint(name: string): string {
  const words = name.normalize("NFC").split(/[\s/\\\p{C}.]+/u);
  const near = shorten(words.filter(Boolean).join("-"), MAX_NAME).replace("…", "");
  return `call it ${near === "" ? "files" : near}, for example`;
}

type Entry = z.infer<typeof entry>;
type Bad = (message: string, hint?: string) => SparkyError;

function reachedBy(it: Entry, bad: Bad, warnings: string[]): Reached {
  const kind = it.type ?? it.transport ?? (it.url === undefined ? "stdio" : "http");
  if (kind === "stdio") {
    if (it.command === undefined) {
      throw bad(
        "neither command nor url is there",
        'give "command" for a program here, or "url" for a server elsewhere',
      );
    }
    const env = it.env ?? {};
    return {
      by: "stdio",
      command: it.command,
      args: it.args ?? [],
      env,
      cwd: it.cwd ?? null,
      sandbox: closedIn(it, env, bad, warnings),
    };
  }
  // Never without what was asked for.
  if (it.sandbox === true)
    throw bad("a sandbox is for a program that is started here, not for a url", "take sandbox out");
  if (it.url === undefined) throw bad(`a server of type ${kind} needs a url`);
  if (it.command !== undefined) throw bad("both command and url are there: keep the one that is meant");
  if (kind === "sse") warnings.push("type sse is older than what is spoken here: streamable HTTP is tried at its url");
  return { by: "http", url: it.url, headers: it.headers ?? {} };
}

function closedIn(it: Entry, env: { readonly [name: string]: string }, bad: Bad, warnings: string[]): ClosedIn | null {
  if (it.sandbox !== true) {
    for (const key of ["network", "read"] as const)
      if (it[key] !== undefined) warnings.push(`${key} does not count without "sandbox": true`);
    return null;
  }
  const odd = Object.keys(env).find((name) => !isGivenInside(name));
  if (odd !== undefined) throw bad(`env ${JSON.stringify(odd)}: in a sandbox a variable cannot have that name`);
  return { network: it.network ?? false, read: it.read ?? [] };
}

function warningOf(key: string): string[] {
  if (Object.hasOwn(KEYS, key)) return [];
  const why = Object.hasOwn(IGNORED, key) ? IGNORED[key] : undefined;
  if (why !== undefined) return why === "" ? [] : [`${key} ${why}`];
  const near = (Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key] : null) ?? nearest(key, Object.keys(KEYS));
  return [`${key} is not known and does not count${near === null ? "" : `: ${near} is perhaps meant`}`];
}

/** What other programs, or people, call it. */
const SYNONYMS: { readonly [key: string]: string } = {
  baseUrl: "url",
  serverUrl: "url",
  httpUrl: "url",
  endpoint: "url",
  environment: "env",
  arguments: "args",
  cmd: "command",
  workingDirectory: "cwd",
};

function clientOf(oauth: Entry["oauth"]): ServerDefinition["client"] {
  if (oauth?.clientId === undefined) return null;
  return { client_id: oauth.clientId, ...(oauth.clientSecret !== undefined && { client_secret: oauth.clientSecret }) };
}

/** Some programs count in seconds and some in milliseconds: nobody waits for a thousand seconds, or for less than one. */
function milliseconds(value: number | undefined): number | undefined {
  return value === undefined || value >= 1000 ? value : value * 1000;
}

const ASK: Policy = { chat: "ask", task: "ask", schedule: "ask" };

function clean(value: Entry["policy"]): Verdict | Partial<Policy> | undefined {
  if (value === undefined || typeof value === "string") return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<Policy>;
}

export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
