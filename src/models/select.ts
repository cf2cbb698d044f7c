import { SparkyError } from "../core/errors.ts";

/** Which model answers: a pure function of the settings. Opening it is `open.ts`. */

export const PROVIDERS = [
  "openai",
  "anthropic",
  "google",
  "ollama",
  "lmstudio",
  "llamacpp",
  "openrouter",
  "compatible",
] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Servers on one's own machine: they are slow to begin, and paid for by the socket in the wall. */
export const isOwnMachine = (provider: ProviderName): boolean => ["ollama", "lmstudio", "llamacpp"].includes(provider);

export interface ModelSettings {
  /** `SPARKY_MODEL`; null: found from the keys that are set, else the demo model. */
  readonly model: string | null;
  /** Behind it in `SPARKY_MODEL`: they answer in its place while it cannot, the first that can. */
  readonly fallbacks?: readonly string[];
  readonly modelUrl: string | null;
  /** Keys and base addresses by variable name. */
  readonly providers: { readonly [variable: string]: string };
}

export interface RemoteChoice {
  readonly kind: "remote";
  readonly id: string;
  readonly provider: ProviderName;
  /** The provider's own name of the model. */
  readonly name: string;
  readonly baseUrl: string;
  /** Whether that is where everybody finds this provider. */
  readonly usualUrl: boolean;
  /** What to set when the provider refuses the key. */
  readonly keyVariable: string;
  /** A function, so that no log or error that shows a choice shows the key. */
  readonly key: () => string | null;
}

export type ModelChoice = { readonly kind: "demo"; readonly id: "demo" } | RemoteChoice;

interface ProviderFacts {
  /** The first is the one to name; any of them is taken. */
  readonly keys: readonly string[];
  readonly keyNeeded: boolean;
  readonly urlVariable: string | null;
  /** Null: there is no usual address, it must be given. */
  readonly url: string | null;
  /** Where the API lives on a host; added to an address without a path. */
  readonly path: string;
}

const FACTS: { readonly [P in ProviderName]: ProviderFacts } = {
  openai: {
    keys: ["OPENAI_API_KEY"],
    keyNeeded: true,
    urlVariable: "OPENAI_BASE_URL",
    url: "https://api.openai.com/v1",
    path: "/v1",
  },
  anthropic: {
    keys: ["ANTHROPIC_API_KEY"],
    keyNeeded: true,
    urlVariable: "ANTHROPIC_BASE_URL",
    url: "https://api.anthropic.com/v1",
    path: "/v1",
  },
  google: {
    keys: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"],
    keyNeeded: true,
    urlVariable: "GOOGLE_GENERATIVE_AI_BASE_URL",
    url: "https://generativelanguage.googleapis.com/v1beta",
    path: "/v1beta",
  },
  ollama: {
    keys: ["SPARKY_MODEL_KEY"],
    keyNeeded: false,
    urlVariable: "OLLAMA_BASE_URL",
    url: "http://127.0.0.1:11434/v1",
    path: "/v1",
  },
  lmstudio: {
    keys: ["SPARKY_MODEL_KEY"],
    keyNeeded: false,
    urlVariable: "LMSTUDIO_BASE_URL",
    url: "http://127.0.0.1:1234/v1",
    path: "/v1",
  },
  llamacpp: {
    keys: ["SPARKY_MODEL_KEY"],
    keyNeeded: false,
    urlVariable: "LLAMACPP_BASE_URL",
    url: "http://127.0.0.1:8080/v1",
    path: "/v1",
  },
  openrouter: {
    keys: ["OPENROUTER_API_KEY"],
    keyNeeded: true,
    urlVariable: null,
    url: "https://openrouter.ai/api/v1",
    path: "/api/v1",
  },
  compatible: { keys: ["SPARKY_MODEL_KEY"], keyNeeded: false, urlVariable: null, url: null, path: "/v1" },
};

/** Tried in this order when no model is named and a key is set. */
export const DEFAULT_MODELS = ["openai/gpt-6-astra", "anthropic/claude-sonnet-5-5", "google/gemini-4-argon"] as const;

const ALLOWED =
  "demo, openai/MODEL, anthropic/MODEL, google/MODEL, ollama/MODEL, lmstudio/MODEL, llamacpp/MODEL, " +
  "openrouter/VENDOR/MODEL, or compatible/MODEL together with SPARKY_MODEL_URL";

/** Whose choice the model is: a refusal speaks of the setting, or of what was chosen for a chat, a task or a schedule. */
export type ChosenBy = "setting" | "choice";

/** Throws `invalid_input` naming what is wrong, its value and what to set. */
export function selectModel(settings: ModelSettings, chosenBy: ChosenBy = "setting"): ModelChoice {
  const asked = settings.model?.trim() ?? "";
  if (asked === "demo") return { kind: "demo", id: "demo" };
  if (asked !== "") return remoteChoice(asked, settings, chosenBy);
  const found = DEFAULT_MODELS.find((id) => keyOf(FACTS[providerOf(id)], settings.providers) !== null);
  return found === undefined ? { kind: "demo", id: "demo" } : remoteChoice(found, settings, chosenBy);
}

/** `SPARKY_MODEL`, names with commas between. */
export function chainOf(
  named: string | null,
): Pick<ModelSettings, "model"> & { readonly fallbacks: readonly string[] } {
  const [model = null, ...fallbacks] = (named ?? "")
    .split(",")
    .flatMap((each) => (each.trim() === "" ? [] : each.trim()));
  return { model, fallbacks };
}

/** The default model, once it and all that stand in for it are ones that can be asked. Throws as `selectModel`. */
export function selectChain(settings: ModelSettings): ModelChoice {
  const first = selectModel(settings);
  const { fallbacks = [] } = settings;
  for (const [at, model] of fallbacks.entries()) {
    const why =
      model === "demo"
        ? "only plays: it cannot answer in the place of another"
        : [settings.model, ...fallbacks.slice(0, at)].includes(model)
          ? "is named twice"
          : null;
    if (why !== null) {
      throw new SparkyError(
        "invalid_input",
        `SPARKY_MODEL names several models, of which ${JSON.stringify(model)} ${why}`,
        {
          hint: "set SPARKY_MODEL to the model that answers, and behind commas those that stand in for it",
        },
      );
    }
    selectModel({ ...settings, model });
  }
  return first;
}

/** Those that have models which make vectors of texts. */
const EMBEDS: readonly ProviderName[] = PROVIDERS.filter((name) => name !== "anthropic");

export const EMBEDDING_FORM = `PROVIDER/MODEL, where PROVIDER is one of ${EMBEDS.join(", ")}`;

/** Whether it is of the form; whether there is such a model only its provider knows. */
export function isEmbedding(asked: string): boolean {
  return EMBEDS.some((name) => asked.toLowerCase().startsWith(`${name}/`)) && MODEL_NAME.test(asked);
}

/** The model that makes vectors of texts. Throws `invalid_input` as `selectModel`. */
export function selectEmbedding(settings: ModelSettings, asked: string): RemoteChoice {
  return remoteChoice(asked.trim(), settings, "embedding");
}

const MODEL_NAME = /^[\w.:@/+~-]+$/;

type AskedBy = ChosenBy | "embedding";

const CHOICES: { readonly [by in AskedBy]: { readonly what: string; readonly instead: string } } = {
  setting: { what: "SPARKY_MODEL", instead: "SPARKY_MODEL=demo to try Sparky offline" },
  choice: { what: "the chosen model", instead: "choose another model" },
  embedding: { what: "SPARKY_EMBEDDING_MODEL", instead: "unset SPARKY_EMBEDDING_MODEL" },
};

const isChosen = (asked: string, by: AskedBy): string => `${CHOICES[by].what} is ${JSON.stringify(asked)}`;

function remoteChoice(asked: string, settings: ModelSettings, by: AskedBy): RemoteChoice {
  const slash = asked.indexOf("/");
  const provider = PROVIDERS.find((name) => name === asked.slice(0, slash).toLowerCase());
  const name = asked.slice(slash + 1).trim();
  if (slash < 0 || provider === undefined || !MODEL_NAME.test(name)) throw wrongName(asked, by);
  const facts = FACTS[provider];
  const key = keyOf(facts, settings.providers);
  const keyVariable = facts.keys[0] ?? "";
  if (facts.keyNeeded && key === null) {
    throw new SparkyError("invalid_input", `${isChosen(asked, by)}, but ${keyVariable} is not set`, {
      hint: `set ${facts.keys.join(" or ")}, or ${CHOICES[by].instead}`,
    });
  }
  const id = `${provider}/${name}`;
  const isNamed = (settings.providers[facts.urlVariable ?? ""] ?? "").trim() !== "";
  const baseUrl = baseUrlOf(asked, provider, settings, by);
  return {
    kind: "remote",
    id,
    provider,
    name,
    baseUrl,
    usualUrl: baseUrl === facts.url,
    keyVariable,
    // Who listens at a usual address of one's own machine is not known: the key is for the server that was named.
    key: () => (isOwnMachine(provider) && !isNamed ? null : key),
  };
}

/** The variables that may hold a provider's key. */
export function providerKey(provider: ProviderName): {
  readonly variables: readonly string[];
  readonly needed: boolean;
} {
  const { keys, keyNeeded } = FACTS[provider];
  return { variables: keys, needed: keyNeeded };
}

/** The variable that says where a provider is asked; null: it is always at the same place. `needed`: there is no usual one. */
export function providerAddress(provider: ProviderName): {
  readonly variable: string | null;
  readonly needed: boolean;
} {
  const { url, urlVariable } = FACTS[provider];
  return { variable: urlVariable ?? (url === null ? "SPARKY_MODEL_URL" : null), needed: url === null };
}

/** The provider's own name of the model that is taken where none is named; null: one has to be named. */
export function usualModel(provider: ProviderName): string | null {
  return DEFAULT_MODELS.find((id) => id.startsWith(`${provider}/`))?.slice(provider.length + 1) ?? null;
}

function providerOf(id: (typeof DEFAULT_MODELS)[number]): ProviderName {
  return PROVIDERS.find((name) => id.startsWith(`${name}/`)) ?? "openai";
}

function keyOf(facts: ProviderFacts, values: ModelSettings["providers"]): string | null {
  for (const variable of facts.keys) {
    const value = values[variable]?.trim();
    if (value) return value;
  }
  return null;
}

function wrongName(asked: string, by: AskedBy): SparkyError {
  const guess = /^(gpt|o\d|chatgpt)/i.test(asked)
    ? `openai/${asked}`
    : /^claude/i.test(asked)
      ? `anthropic/${asked}`
      : /^(gemini|gemma)/i.test(asked)
        ? `google/${asked}`
        : null;
  const meant = guess === null ? "" : `did you mean "${guess}"? `;
  return new SparkyError("invalid_input", `${isChosen(asked, by)}, which is not allowed`, {
    hint:
      by === "embedding"
        ? `set it to ${EMBEDDING_FORM}`
        : `${meant}${by === "setting" ? "set SPARKY_MODEL to" : "choose"} ${ALLOWED}`,
  });
}

function baseUrlOf(asked: string, provider: ProviderName, settings: ModelSettings, by: AskedBy): string {
  const facts = FACTS[provider];
  const { variable } = providerAddress(provider);
  const given = variable === "SPARKY_MODEL_URL" ? settings.modelUrl : variable && settings.providers[variable];
  if (!given) {
    if (facts.url !== null) return facts.url;
    throw new SparkyError("invalid_input", `${isChosen(asked, by)}, but SPARKY_MODEL_URL is not set`, {
      hint: "set SPARKY_MODEL_URL to the server's address, such as http://127.0.0.1:8000/v1",
    });
  }
  const url = URL.canParse(given.trim()) ? new URL(given.trim()) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.search !== "") {
    // An address may hold a password: then it is not shown.
    const shown = given.includes("@") || given.includes("?") ? "***" : JSON.stringify(given);
    throw new SparkyError("invalid_input", `${variable} is ${shown}, which is not allowed`, {
      hint: `set ${variable} to http://host/path or https://host/path, without a user name or a query`,
    });
  }
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path === "" ? facts.path : path}`;
}
