import { WORDS } from "../words/models.tsx";

/** What people call the providers, and where their keys come from. */

interface Provider {
  readonly title: string;
  /** Where a key is got; null: none is needed, or whoever runs the server has it. */
  readonly keys: string | null;
  /** Servers of one's own are all asked with `SPARKY_MODEL_KEY`. */
  readonly sharesKey?: true;
}

const PROVIDERS: ReadonlyMap<string, Provider> = new Map([
  ["anthropic", { title: "Anthropic", keys: "console.anthropic.com" }],
  ["openai", { title: "OpenAI", keys: "platform.openai.com/api-keys" }],
  ["google", { title: "Google", keys: "aistudio.google.com/apikey" }],
  ["openrouter", { title: "OpenRouter", keys: "openrouter.ai/keys" }],
  ["ollama", { title: "Ollama", keys: null, sharesKey: true }],
  ["lmstudio", { title: "LM Studio", keys: null, sharesKey: true }],
  ["llamacpp", { title: "llama.cpp", keys: null, sharesKey: true }],
  ["compatible", { title: WORDS.anotherServer, keys: null, sharesKey: true }],
  ["demo", { title: WORDS.demoModel, keys: null }],
]);

export const providerWords = (name: string): Provider => PROVIDERS.get(name) ?? { title: name, keys: null };

/** In the order in which they are offered. */
export const OFFERED = [
  "anthropic",
  "openai",
  "google",
  "openrouter",
  "ollama",
  "lmstudio",
  "llamacpp",
  "compatible",
] as const;

/** Where a setting comes from, for people. */
export function originWords(origin: string): string {
  if (origin === "home") return WORDS.origins.home;
  return origin === "env-file" ? WORDS.origins["env-file"] : WORDS.origins.environment;
}
