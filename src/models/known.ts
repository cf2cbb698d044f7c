import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Price } from "./price.ts";
import type { RemoteChoice } from "./select.ts";

/** What `models.json` tells of models. It is read when first a provider's model is asked about: the demo model has no use for it. */

const dollars = z.number().nonnegative().max(2000);
const rates = z.strictObject({
  input: dollars,
  output: dollars,
  cached: dollars.exactOptional(),
  cacheWrite: dollars.exactOptional(),
});
const tokens = z.number().int().min(1000).max(20_000_000);
const price = rates.extend({ above: rates.extend({ tokens }).exactOptional() });
const day = z.iso.date();

export const entrySchema = z.strictObject({
  /** Its names at the provider, where it has others than its id; `*`: a date, a revision or their like may follow. */
  names: z.array(z.string().min(1)).min(1).exactOptional(),
  /** Tokens that it takes. */
  window: tokens.exactOptional(),
  price: price.exactOptional(),
  /** What it costs from a day on, in UTC; the latest last. */
  later: z
    .array(z.strictObject({ from: day, price }))
    .min(1)
    .exactOptional(),
});

export const knownModelsSchema = z.strictObject({
  /** Of which release it was made, and of which day that is. */
  source: z.string(),
  date: day,
  models: z.record(z.string(), z.record(z.string(), entrySchema)),
});
export type KnownModels = z.infer<typeof knownModelsSchema>;
type Entry = z.infer<typeof entrySchema>;

/** Beside the sources' folder as beside the bundle's. */
export const KNOWN_MODELS = join(import.meta.dirname, "../../models.json");

let file: KnownModels | null = null;

function knownModels(): KnownModels {
  file ??= knownModelsSchema.parse(JSON.parse(readFileSync(KNOWN_MODELS, "utf8")));
  return file;
}

interface KnownModel {
  readonly window: number | null;
  /** null: no price is known. */
  readonly price: Price | null;
}

/** null: the file does not know it, or it is asked elsewhere: another server under the same name is another maker. */
export function knownModel({ provider, name, usualUrl }: RemoteChoice, now: number): KnownModel | null {
  if (!usualUrl) return null;
  const { models, date } = knownModels();
  const entry = entryFor(name, models[provider] ?? {});
  if (entry === null) return null;
  const price = priceAt(entry, now);
  return { window: entry.window ?? null, price: price && { ...price, asOf: date } };
}

/** `later`: what is known of a day to come counts from that day on. */
export function priceAt({ price: first, later = [] }: Entry, now: number): Omit<Price, "asOf"> | null {
  return later.findLast(({ from }) => Date.parse(from) <= now)?.price ?? first ?? null;
}

/** What goes on otherwise (`-5`, `-lite`, `-pro`) is another model, whose price nobody has told. */
const SAME_MODEL = /^(?:\d{4})?(?:[-@](?:\d{3,8}|\d{4}-\d\d-\d\d|\d\d-\d\d|\d\d-\d{4}|latest|preview|exp))*$/;

/** Its exact name before one that it only begins with, and of those the longest. */
export function entryFor(name: string, models: { readonly [id: string]: Entry }): Entry | null {
  let best: { readonly entry: Entry; readonly length: number } | null = null;
  for (const [id, entry] of Object.entries(models)) {
    for (const known of entry.names ?? [id]) {
      if (known === name) return entry;
      const beginning = known.endsWith("*") ? known.slice(0, -1) : null;
      if (beginning === null || !name.startsWith(beginning) || beginning.length <= (best?.length ?? 0)) continue;
      if (SAME_MODEL.test(name.slice(beginning.length))) best = { entry, length: beginning.length };
    }
  }
  return best?.entry ?? null;
}
