import { PROVIDERS, providerKey, selectModel, type ModelSettings, type ProviderName } from "./select.ts";

/** Which model is in use, why, and what else could be. */
export interface Overview {
  readonly model: string;
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
  }[];
}

interface Origin {
  readonly variable: string;
  readonly origin: string;
}

/** `origins`: where each variable that is set comes from. */
export function modelOverview(settings: ModelSettings, origins: { readonly [variable: string]: string }): Overview {
  const choice = selectModel(settings);
  const from = (variables: readonly string[]): Origin | null => {
    const variable = variables.find((name) => Object.hasOwn(origins, name));
    return variable === undefined ? null : { variable, origin: origins[variable] ?? "" };
  };
  const used = choice.kind === "demo" ? "demo" : choice.provider;
  const named = from(["SPARKY_MODEL", "AGENT_MODEL"]);
  return {
    model: choice.id,
    chosenBy: named ?? (choice.kind === "demo" ? null : from(providerKey(choice.provider).variables)),
    providers: [
      ...PROVIDERS.map((provider) => {
        const { variables, needed } = providerKey(provider);
        const address = addressOf(provider, settings);
        return { provider, inUse: provider === used, key: from(variables), keyNeeded: needed, address };
      }),
      { provider: "demo", inUse: used === "demo", key: null, keyNeeded: false, address: null },
    ],
  };
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
