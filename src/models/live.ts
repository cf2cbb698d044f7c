import type { Effort } from "../core/effort.ts";
import { isSparkyError } from "../core/errors.ts";
import { createDemoModel } from "./demo/demo.ts";
import { ModelError, type Model } from "./model.ts";
import { openModel } from "./open.ts";
import type { Prices } from "./price.ts";
import { selectModel, type ChosenBy, type ModelSettings } from "./select.ts";

/** The models by the settings as they are now: those of the start, until a file that they come from is another one. */

export interface ModelConfig extends ModelSettings {
  readonly modelPrices: Prices;
  readonly modelWindow: number | null;
  readonly modelImages: boolean | null;
  readonly modelIdleMs: number;
  readonly modelEffort: Effort | null;
  /** Where each setting that is set comes from. */
  readonly origins: { readonly [variable: string]: string };
}

export interface ModelSource {
  /** All of it anew. Throws for what a start would refuse. */
  read(): ModelConfig;
  /** Another one than before, where a file may have changed: asked for before each answer, so it is cheap. */
  stamp(): string;
}

interface Told {
  /** At the start too. */
  onSettings(settings: ModelConfig): void;
  /** A file was changed for the worse: what was set before goes on to count. */
  onProblem(error: unknown): void;
}

export class LiveModels {
  readonly #source: ModelSource;
  readonly #told: Told;
  readonly #opened = new Map<string, Model>();
  #settings: ModelConfig;
  #stamp: string;

  constructor(first: ModelConfig, source: ModelSource, told: Told) {
    this.#source = source;
    this.#told = told;
    // What was changed between the two is read once more, not missed.
    this.#stamp = "";
    this.#settings = first;
    told.onSettings(first);
  }

  settings(): ModelConfig {
    const stamp = this.#source.stamp();
    if (stamp === this.#stamp) return this.#settings;
    this.#stamp = stamp;
    try {
      const now = this.#source.read();
      if (partsOf(now) !== partsOf(this.#settings)) this.#opened.clear();
      this.#settings = now;
      this.#told.onSettings(now);
    } catch (error) {
      this.#told.onProblem(error);
    }
    return this.#settings;
  }

  /**
   * By a chat's own choice; null: the default, or what stands in for it, by its place behind it. Kept, for what is learned of a
   * server that refuses a part of a request.
   */
  for(choice: string | null, place = 0): Model {
    const settings = this.settings();
    const asked = choice ?? [settings.model, ...(settings.fallbacks ?? [])].at(place) ?? settings.model;
    const known = this.#opened.get(asked ?? "");
    if (known !== undefined) return known;
    const { modelPrices: prices, modelWindow: window, modelImages: images, modelIdleMs: idleMs } = settings;
    const opened = openModel(chosen({ ...settings, model: asked }, choice === null ? "setting" : "choice"), {
      prices,
      window,
      images,
      idleMs,
    });
    this.#opened.set(asked ?? "", opened);
    return opened;
  }

  /** The default model; where it cannot be used as things are, the demo model stands in: for what is only looked at. */
  shown(): Model {
    try {
      return this.for(null);
    } catch (error) {
      if (error instanceof ModelError) return createDemoModel();
      throw error;
    }
  }

  /** The default model's id, be it usable or not. */
  id(): string {
    const settings = this.settings();
    try {
      return selectModel(settings).id;
    } catch {
      return settings.model ?? "demo";
    }
  }
}

function chosen(settings: ModelSettings, by: ChosenBy): ReturnType<typeof selectModel> {
  try {
    return selectModel(settings, by);
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    throw new ModelError("model_unset", error.message + hint, { retryable: false, cause: error });
  }
}

/** What a model is opened from. */
function partsOf({
  model,
  fallbacks,
  modelUrl,
  providers,
  modelPrices,
  modelWindow,
  modelImages,
  modelIdleMs,
}: ModelConfig): string {
  return JSON.stringify([model, fallbacks, modelUrl, providers, modelPrices, modelWindow, modelImages, modelIdleMs]);
}
