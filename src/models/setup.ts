import { SparkyError } from "../core/errors.ts";
import { modelChoices } from "./choices.ts";
import type { LiveModels } from "./live.ts";
import { idOf, LocalServers, toldBy } from "./local/servers.ts";
import { believed, UNTOLD } from "./local/told.ts";
import { modelOverview, type Overview } from "./overview.ts";
import type { Probe } from "./probe.ts";
import {
  PROVIDERS,
  providerAddress,
  providerKey,
  selectModel,
  usualModel,
  type ModelSettings,
  type ProviderName,
} from "./select.ts";

/** Keys, addresses and the default model, set by a person while the server runs: tried first, then written into the home's `.env`. */

export interface Wanted {
  /** undefined: the one that is set stays. */
  readonly key?: string | undefined;
  readonly url?: string | undefined;
  /** The provider's own name of a model; undefined: the one in use, else its usual one. */
  readonly model?: string | undefined;
  /** Answers from now on, where a chat has no choice of its own. */
  readonly use?: boolean | undefined;
}

type Changes = ReadonlyMap<string, string | null>;

interface SetupDeps {
  readonly models: LiveModels;
  /** Writes them into the home's file: all or none. */
  write(changes: Changes): Promise<void>;
  /** One tiny real request. */
  probe(settings: ModelSettings): Promise<Probe>;
  /** Other nodes may answer from the same database, each by settings of its own. */
  readonly severalNodes: boolean;
  /** The home's settings file. */
  readonly file: string;
  /** A settings file says something else than at the start of what is read at the start alone. */
  restartNeeded(): boolean;
}

export class ModelSetup {
  readonly #deps: SetupDeps;
  readonly #local = new LocalServers();

  constructor(deps: SetupDeps) {
    this.#deps = deps;
  }

  /** The default model's id, as it is now. */
  id(): string {
    return this.#deps.models.id();
  }

  /** With what is found on this machine, for which a second is waited at most. */
  async overview(): Promise<Overview> {
    const { models, severalNodes, file } = this.#deps;
    const settings = models.settings();
    const overview = modelOverview(settings, settings.origins, {
      window: settings.modelWindow,
      prices: settings.modelPrices,
      effort: settings.modelEffort,
    });
    const found = await this.#local.find(settings);
    const local = found.map(({ provider, address, models: its }) => ({
      ...{ provider, address },
      models: its.map((model) => ({ id: idOf(provider, model), window: model.window.holds })),
    }));
    const told = toldBy(found).get(overview.model) ?? UNTOLD;
    const window = overview.window?.isGuess === true ? believed(told, overview.window.tokens) : overview.window;
    return { ...overview, window, local, severalNodes, file, restartNeeded: this.#deps.restartNeeded() };
  }

  /** What a chat may have: of those that were chosen before, what is found on this machine, and others. */
  async choices(chosen: readonly string[]): Promise<ReturnType<typeof modelChoices>> {
    const settings = this.#deps.models.settings();
    const { modelPrices: prices, modelWindow: window, modelEffort: effort } = settings;
    const found = toldBy(await this.#local.find(settings));
    return modelChoices({ model: this.id(), settings, prices, effort, window, chosen, found });
  }

  async test(model: string | null): Promise<Probe> {
    const settings = this.#deps.models.settings();
    return this.#deps.probe(model === null ? settings : { ...settings, model });
  }

  /** Throws `invalid_input` for a model that nobody can choose: an unknown name, a missing key. */
  check(model: string): void {
    selectModel({ ...this.#deps.models.settings(), model }, "choice");
  }

  /** Whether it would answer, with nothing changed. Throws `invalid_input` for what no request can be made of. */
  async tryOut(provider: string, wanted: Wanted): Promise<Probe> {
    const name = providerNamed(provider);
    const settings = this.#deps.models.settings();
    refuseKeyElsewhere(name, wanted, settings);
    const id = `${name}/${this.#modelOf(name, wanted)}`;
    return this.#deps.probe(withChanges({ ...settings, model: id }, variablesOf(name, wanted)));
  }

  /** Written, and used by the next answer. The variables that are set elsewhere too, which wins. */
  async keep(provider: string, wanted: Wanted): Promise<readonly string[]> {
    const name = providerNamed(provider);
    refuseKeyElsewhere(name, wanted, this.#deps.models.settings());
    const changes = new Map(variablesOf(name, wanted));
    const model = `${name}/${this.#modelOf(name, wanted)}`;
    selectModel(withChanges({ ...this.#deps.models.settings(), model }, changes));
    if (wanted.use === true) changes.set("SPARKY_MODEL", this.#chainFrom(model));
    return this.#write(changes);
  }

  /** Takes a provider's key and address out of the home's file, and what chose a model of it: the server must be able to start again. */
  async forget(provider: string): Promise<readonly string[]> {
    const name = providerNamed(provider);
    const settings = this.#deps.models.settings();
    const { variable } = providerAddress(name);
    // A key that another one with an address of its own has too stays.
    const kept = PROVIDERS.filter((other) => other !== name && addressIn(other, settings) !== null);
    const shared = new Set(kept.flatMap((other) => providerKey(other).variables));
    const keys = providerKey(name).variables.filter((each) => !shared.has(each));
    const names = [...keys, ...(variable === null ? [] : [variable])];
    const changes = new Map<string, string | null>(names.map((each) => [each, null]));
    const isIts = (model: string): boolean => model.startsWith(`${name}/`);
    const chain = [settings.model ?? [], settings.fallbacks ?? []].flat();
    const left = chain.filter((model) => !isIts(model)).join(",");
    for (const each of ["SPARKY_MODEL", "AGENT_MODEL"]) {
      if (chain.some(isIts) && settings.origins[each] === "home") changes.set(each, left === "" ? null : left);
    }
    return this.#write(changes);
  }

  /** null: found from the keys that are set. */
  async choose(model: string | null): Promise<readonly string[]> {
    if (model !== null) selectModel({ ...this.#deps.models.settings(), model });
    return this.#write(new Map([["SPARKY_MODEL", model === null ? null : this.#chainFrom(model)]]));
  }

  /** What stands in for the default model goes on to stand in for another. */
  #chainFrom(model: string): string {
    const { fallbacks = [] } = this.#deps.models.settings();
    return [model, ...fallbacks.filter((each) => each !== model && model !== "demo")].join(",");
  }

  async #write(changes: Changes): Promise<readonly string[]> {
    if (changes.size > 0) await this.#deps.write(changes);
    const { origins } = this.#deps.models.settings();
    return [...changes.keys()].filter((name) => Object.hasOwn(origins, name) && origins[name] !== "home");
  }

  #modelOf(provider: ProviderName, { model }: Wanted): string {
    if (model !== undefined) return model;
    const inUse = this.id();
    if (inUse.startsWith(`${provider}/`)) return inUse.slice(provider.length + 1);
    const usual = usualModel(provider);
    if (usual !== null) return usual;
    throw new SparkyError("invalid_input", `${provider} has no usual model`, {
      hint: "name one, as the provider or the server calls it",
    });
  }
}

function providerNamed(name: string): ProviderName {
  const found = PROVIDERS.find((each) => each === name);
  if (found !== undefined) return found;
  throw new SparkyError("not_found", `there is no provider ${JSON.stringify(name)}`, {
    hint: `it is one of ${PROVIDERS.join(", ")}`,
  });
}

/** The address that is set for it; null: none, so the usual one counts. */
function addressIn(provider: ProviderName, settings: ModelSettings): string | null {
  const { variable } = providerAddress(provider);
  if (variable === null) return null;
  return (variable === "SPARKY_MODEL_URL" ? settings.modelUrl : settings.providers[variable]) ?? null;
}

/** A key is never told, so neither is it sent to another server than the one it was given for. */
function refuseKeyElsewhere(provider: ProviderName, { key, url }: Wanted, settings: ModelSettings): void {
  if (url === undefined || key !== undefined) return;
  if (!providerKey(provider).variables.some((each) => settings.providers[each]?.trim())) return;
  const [before, after] = [
    originOf(provider, settings),
    originOf(provider, withChanges(settings, variablesOf(provider, { url }))),
  ];
  if (before === after) return;
  throw new SparkyError("invalid_input", "another server needs its key again", {
    hint: `give the key of ${after ?? url} too, or remove the one that is set first`,
  });
}

/** null: there is no address, or none that can be asked. */
function originOf(provider: ProviderName, settings: ModelSettings): string | null {
  try {
    const choice = selectModel({ ...settings, model: `${provider}/any` });
    return choice.kind === "remote" ? new URL(choice.baseUrl).origin : null;
  } catch {
    return null;
  }
}

function variablesOf(provider: ProviderName, { key, url }: Wanted): Changes {
  const changes = new Map<string, string | null>();
  const [variable] = providerKey(provider).variables;
  if (key !== undefined && variable !== undefined) changes.set(variable, key);
  const address = providerAddress(provider).variable;
  if (url === undefined) return changes;
  if (address !== null) return changes.set(address, url);
  throw new SparkyError("invalid_input", `${provider} is always asked at the same address`, {
    hint: "leave the address out, or choose compatible",
  });
}

/** As if they were set already. */
function withChanges(settings: ModelSettings, changes: Changes): ModelSettings {
  const set = [...changes].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return {
    ...settings,
    modelUrl: changes.get("SPARKY_MODEL_URL") ?? settings.modelUrl,
    providers: { ...settings.providers, ...Object.fromEntries(set) },
  };
}
