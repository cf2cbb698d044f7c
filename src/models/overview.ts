import type { Effort } from "../core/effort.ts";
import { isSparkyError } from "../core/errors.ts";
import { priceOf, windowOf } from "./open.ts";
import type { Price, Prices } from "./price.ts";
import {
  PROVIDERS,
  providerAddress,
  providerKey,
  selectModel,
  usualModel,
  type ModelSettings,
  type ProviderName,
} from "./select.ts";

/** Which model is in use, why, and what else could be. */
export interface Overview {
  readonly model: string;
  /** Why it cannot be used, and what to do; null: it can, as far as the settings tell. */
  readonly problem: string | null;
  /** `isGuess`: nobody has said how big it is. null: it cannot be used. */
  readonly window: { readonly tokens: number; readonly isGuess: boolean } | null;
  /** null: not known. */
  readonly price: Price | null;
  /** How hard models think where nothing else is chosen; null: as each provider has it. */
  readonly effort: Effort | null;
  /** Those that stand in for it, in their order, each with why it cannot be used. */
  readonly standIns: readonly { readonly model: string; readonly problem: string | null }[];
  /** The setting that made it so, and where that is set; null: nothing is set, so it is the demo model. */
  readonly chosenBy: Origin | null;
  readonly providers: readonly {
    readonly provider: ProviderName | "demo";
    readonly inUse: boolean;
    /** The variable of its key that is set, and where; null: none is. */
    readonly key: Origin | null;
    readonly keyNeeded: boolean;
    /** Where it is asked; null: nowhere, or not known. */
    readonly address: string | null;
    readonly addressNeeded: boolean;
    /** Whether it may be given another one. */
    readonly addressFixed: boolean;
    /** Its own name of the model that is taken where none is named. */
    readonly usualModel: string | null;
  }[];
  /** Model servers of one's own that answer now, at the addresses that are set or at the usual ones. */
  readonly local: readonly {
    readonly provider: ProviderName;
    readonly address: string;
    /** `window`: tokens, as the server says; null: it does not. */
    readonly models: readonly { readonly id: string; readonly window: number | null }[];
  }[];
  /** Other nodes may answer from the same database, each by settings of its own. */
  readonly severalNodes: boolean;
  /** What is set by the page is written here. */
  readonly file: string;
  /** A settings file says something else than at the start of what is read at the start alone. */
  readonly restartNeeded: boolean;
}

interface Origin {
  readonly variable: string;
  readonly origin: string;
}

/** `origins`: where each variable that is set comes from. `set`: what is set of windows, prices and the effort. */
export function modelOverview(
  settings: ModelSettings,
  origins: { readonly [variable: string]: string },
  set: { readonly window: number | null; readonly prices: Prices; readonly effort: Effort | null },
): Omit<Overview, "local" | "severalNodes" | "file" | "restartNeeded"> {
  const { id, provider: used, problem, choice } = choiceOf(settings);
  const from = (variables: readonly string[]): Origin | null => {
    const variable = variables.find((name) => Object.hasOwn(origins, name));
    return variable === undefined ? null : { variable, origin: origins[variable] ?? "" };
  };
  const named = from(["SPARKY_MODEL", "AGENT_MODEL"]);
  return {
    model: id,
    problem,
    window: choice === null ? null : windowOf(choice, set.window),
    price: choice === null ? null : priceOf(choice, set.prices),
    effort: set.effort,
    standIns: (settings.fallbacks ?? []).map((model) => ({ model, problem: choiceOf({ ...settings, model }).problem })),
    chosenBy: named ?? (used === "demo" || used === null ? null : from(providerKey(used).variables)),
    providers: [
      ...PROVIDERS.map((provider) => {
        const { variables, needed } = providerKey(provider);
        const address = providerAddress(provider);
        return {
          provider,
          inUse: provider === used,
          key: from(variables),
          keyNeeded: needed,
          address: addressOf(provider, settings),
          addressNeeded: address.needed,
          addressFixed: address.variable === null,
          usualModel: usualModel(provider),
        };
      }),
      {
        provider: "demo",
        inUse: used === "demo",
        key: null,
        keyNeeded: false,
        address: null,
        addressNeeded: false,
        addressFixed: true,
        usualModel: null,
      },
    ],
  };
}

function choiceOf(settings: ModelSettings) {
  try {
    const choice = selectModel(settings);
    const provider = choice.kind === "demo" ? ("demo" as const) : choice.provider;
    return { id: choice.id, provider, problem: null, choice };
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    const problem = error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
    const id = settings.model ?? "demo";
    return { id, provider: PROVIDERS.find((name) => id.startsWith(`${name}/`)) ?? null, problem, choice: null };
  }
}

/** Asked of a made-up model: an address does not depend on its name, and a key is not needed to know it. */
function addressOf(provider: ProviderName, settings: ModelSettings): string | null {
  const keys = Object.fromEntries(providerKey(provider).variables.map((variable) => [variable, "-"]));
  try {
    const choice = selectModel({ ...settings, providers: { ...settings.providers, ...keys }, model: `${provider}/x` });
    return choice.kind === "demo" ? null : choice.baseUrl;
  } catch {
    return null;
  }
}
