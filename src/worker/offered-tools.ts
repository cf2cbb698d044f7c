import { withDeferred } from "../tools/deferred.ts";
import { createRegistry, type Registry } from "../tools/registry.ts";
import { toolsAsSet, withSettings, type ToolSettings } from "../tools/settings.ts";
import type { Tool } from "../tools/tool.ts";

/** More than a home's models have. */
const MOST_WINDOWS = 50;

interface Deps<Tx> {
  readonly settings: () => ToolSettings;
  readonly isOffered: (tool: Tool<Tx>) => boolean;
  /** About how many a text takes. */
  readonly tokensOf: (text: string) => number;
}

/** By settings that are no others as long as nobody changes them. */
interface Known<Tx> {
  readonly settings: ToolSettings;
  readonly own: readonly Tool<Tx>[];
  /** By the window of whoever is told of the tools. */
  readonly registries: Map<number, Registry<Tx>>;
}

/** The tools that runs may call: our own, as they are set now, and those of servers. */
export class OfferedTools<Tx> {
  readonly #asBuilt: readonly Tool<Tx>[];
  readonly #settings: () => ToolSettings;
  readonly #isOffered: (tool: Tool<Tx>) => boolean;
  readonly #tokensOf: (text: string) => number;
  #known: Known<Tx> | null = null;

  constructor(asBuilt: readonly Tool<Tx>[], { settings, isOffered, tokensOf }: Deps<Tx>) {
    this.#asBuilt = asBuilt;
    this.#settings = settings;
    this.#isOffered = isOffered;
    this.#tokensOf = tokensOf;
  }

  /** `window`: tokens. Where only our own are offered, one for all runs: hundreds may be at work, and each is told of them. */
  registry(ofServers: readonly Tool<Tx>[], window: number): Registry<Tx> {
    const { settings, own, registries } = this.#current();
    if (ofServers.length > 0) return this.#made(own, toolsAsSet(ofServers, settings), window);
    const registry = registries.get(window) ?? this.#made(own, [], window);
    // A server may tell another window each time.
    if (registries.size >= MOST_WINDOWS) registries.clear();
    registries.set(window, registry);
    return registry;
  }

  #made(own: readonly Tool<Tx>[], ofServers: readonly Tool<Tx>[], window: number): Registry<Tx> {
    return createRegistry(withDeferred(own, ofServers, { tokensOf: this.#tokensOf, window }));
  }

  #current(): Known<Tx> {
    const settings = this.#settings();
    if (this.#known?.settings === settings) return this.#known;
    const own = withSettings(this.#asBuilt, settings).filter(this.#isOffered);
    return (this.#known = { settings, own, registries: new Map() });
  }
}
