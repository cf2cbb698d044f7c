import type { Effort } from "../core/effort.ts";
import { isSparkyError } from "../core/errors.ts";
import { believed, UNTOLD, type Told } from "./local/told.ts";
import { priceOf, windowOf } from "./open.ts";
import type { Price, Prices } from "./price.ts";
import { DEFAULT_MODELS, PROVIDERS, providerKey, selectModel, type ModelSettings } from "./select.ts";
import { mayThink } from "./thinking.ts";

/** A model that a chat may have, or what it wants first. */
interface Choosable {
  readonly id: string;
  /** Why it cannot answer here; null: it can, as far as the settings tell. */
  readonly why: string | null;
  /** A server of one's own says now that it has it. */
  readonly isFound: boolean;
  /** `isGuess`: nobody has said how big it is. null: not known while it cannot be used. */
  readonly window: { readonly tokens: number; readonly isGuess: boolean } | null;
  /** For a million tokens; null: not known. */
  readonly price: Price | null;
  /** false: it is known not to, and is told no effort. */
  readonly mayThink: boolean;
}

interface Choices {
  /** The instance's own. */
  readonly model: string;
  /** `SPARKY_MODEL_EFFORT`: how hard models think where nothing else is chosen; null: as each provider has it. */
  readonly effort: Effort | null;
  readonly items: readonly Choosable[];
  /** Providers of which any model can be named, each with the form of its name. */
  readonly forms: readonly { readonly form: string; readonly why: string | null }[];
}

interface Given {
  /** The instance's own, be it usable or not. */
  readonly model: string;
  readonly settings: ModelSettings;
  readonly prices: Prices;
  /** `SPARKY_MODEL_EFFORT`. */
  readonly effort: Effort | null;
  /** `SPARKY_MODEL_WINDOW`. */
  readonly window: number | null;
  /** Those that were chosen before. */
  readonly chosen: readonly string[];
  /** What the servers of one's own have, with what they say of its window. */
  readonly found: ReadonlyMap<string, Told>;
}

/** What can be chosen: the instance's model, one of each provider, what is found, those whose price is set, those that were chosen before, the demo. */
export function modelChoices({ model, settings, prices, effort, window, chosen, found }: Given): Choices {
  const ids = new Set([model, ...chosen, ...found.keys(), ...Object.keys(prices), ...DEFAULT_MODELS, "demo"]);
  return {
    model,
    effort,
    items: [...ids].map((id) => choosable(id, { settings, prices, window, found })),
    forms: PROVIDERS.map((provider) => ({
      form: `${provider}/${provider === "openrouter" ? "VENDOR/" : ""}MODEL`,
      why: whyNot(`${provider}/x`, settings),
    })),
  };
}

function choosable(
  id: string,
  { settings, prices, window, found }: Omit<Given, "chosen" | "model" | "effort">,
): Choosable {
  const why = whyNot(id, settings);
  const isFound = found.has(id);
  if (why !== null) return { id, why, isFound, window: null, price: null, mayThink: true };
  const choice = selectModel({ ...settings, model: id });
  const known = windowOf(choice, window);
  const stated = known.isGuess ? believed(found.get(id) ?? UNTOLD, known.tokens) : known;
  return { id, why: null, isFound, window: stated, price: priceOf(choice, prices), mayThink: mayThink(choice) };
}

function whyNot(id: string, settings: ModelSettings): string | null {
  try {
    selectModel({ ...settings, model: id });
    return null;
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    const provider = PROVIDERS.find((name) => id.startsWith(`${name}/`));
    if (provider !== undefined && error.message.endsWith(`${providerKey(provider).variables[0]} is not set`)) {
      return `no key: ${providerKey(provider).variables[0]} is not set`;
    }
    // Behind its words for the setting, which a chat's choice is not.
    return /^SPARKY_MODEL is .*, (?:but|which) (.+)$/.exec(error.message)?.[1] ?? error.message;
  }
}
