import { findProvider, type MatchLogic, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import { entrySchema, knownModelsSchema } from "../src/models/known.ts";
import type { z } from "zod";

/** Makes `models.json` of the price data in `@pydantic/genai-prices`. Pure: the same release gives the same bytes. */

type Entry = z.infer<typeof entrySchema>;

const PROVIDERS = ["anthropic", "google", "openai", "openrouter"] as const;

/** Models that are not talked to in words. */
const NO_CHAT = /audio|embed|image|live|lyria|moderation|realtime|search-preview|transcribe|tts|whisper/;
/** What Google has of Anthropic is asked at another address. */
const ELSEWHERE: { readonly [provider: string]: RegExp } = { google: /^claude-/ };

export interface Made {
  readonly text: string;
  /** Facts that were left out because they cannot be true, in words. */
  readonly leftOut: readonly string[];
}

const inPackage = (provider: string): readonly ModelInfo[] => findProvider({ providerId: provider })?.models ?? [];

/** `date`: the day of the release, which is the newest that its data can be of. */
export function makeKnownModels(source: string, date: string, modelsOf = inPackage): Made {
  const leftOut: string[] = [];
  const models = Object.fromEntries(
    PROVIDERS.map((provider) => {
      const taken = modelsOf(provider)
        .filter((info) => isTaken(provider, info))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const entries = taken.flatMap((info): [string, Entry][] => {
        const made = entrySchema.safeParse(entryOf(provider, info, date));
        if (made.success) return [[info.id, made.data]];
        leftOut.push(
          `${provider}/${info.id}: ${made.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
        );
        return [];
      });
      return [provider, Object.fromEntries(entries)];
    }),
  );
  return { text: written(knownModelsSchema.parse({ source, date, models })), leftOut };
}

/** Of those that are gone for long it tells a price, but neither a window nor what cached input costs. */
function isTaken(provider: string, info: ModelInfo): boolean {
  if (info.deprecated === true || NO_CHAT.test(info.id) || ELSEWHERE[provider]?.test(info.id) === true) return false;
  const price = lastPrice(info);
  if (ratesIn(price) === null) return false;
  return info.context_window !== undefined || (provider !== "openrouter" && price["cache_read_mtok"] !== undefined);
}

const pricesOf = ({ prices }: ModelInfo) => (Array.isArray(prices) ? prices : [{ prices }]);
const lastPrice = (info: ModelInfo): ModelPrice => pricesOf(info).at(-1)?.prices ?? {};

function entryOf(provider: string, info: ModelInfo, date: string): unknown {
  const names = [...new Set(namesIn(info.match))].toSorted();
  const window = windowOf(provider, info);
  const dated = pricesOf(info).map((each) => {
    const { constraint } = each as { constraint?: { type: string; start_date?: string } };
    if (constraint !== undefined && constraint.start_date === undefined) {
      throw new Error(`${provider}/${info.id}: a price that depends on ${constraint.type} is not understood yet`);
    }
    return { from: constraint?.start_date ?? "", price: priceIn(each.prices) };
  });
  const inOrder = dated.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const later = inOrder.filter(({ from }) => from > date);
  return {
    ...((names.length !== 1 || names[0] !== info.id) && { names }),
    ...(window !== undefined && { window }),
    price: inOrder.findLast(({ from }) => from <= date)?.price,
    ...(later.length > 0 && { later }),
  };
}

/** OpenAI tells what a model takes together with its longest answer, and refuses what leaves no room for that. */
function windowOf(provider: string, { id, context_window: window }: ModelInfo): number | undefined {
  const isWithAnswer = /^(?:openai\/)?gpt-[5-9]/.test(id) && (provider === "openai" || provider === "openrouter");
  return window !== undefined && isWithAnswer && window >= 400_000 ? window - 128_000 : window;
}

/** The price of input above so many tokens is that of the whole call. */
function priceIn(given: ModelPrice): unknown {
  const base = ratesIn(given);
  const starts = new Set(
    Object.values(given).flatMap((each) => (isTiered(each) ? each.tiers.map(({ start }) => start) : [])),
  );
  if (starts.size > 1) throw new Error(`a price with several tiers is not understood yet: ${JSON.stringify(given)}`);
  const [tokens] = starts;
  return tokens === undefined ? base : { ...base, above: { tokens, ...ratesIn(given, true) } };
}

const RATES = { input: "input_mtok", output: "output_mtok", cached: "cache_read_mtok", cacheWrite: "cache_write_mtok" };

function ratesIn(given: ModelPrice, above = false): Record<string, number> | null {
  const rates = Object.entries(RATES).flatMap(([name, key]): [string, number][] => {
    const each = given[key];
    if (each === undefined) return [];
    return [[name, isTiered(each) ? ((above ? each.tiers[0]?.price : undefined) ?? each.base) : each]];
  });
  const all = Object.fromEntries(rates);
  return all["input"] === undefined || all["output"] === undefined ? null : all;
}

function isTiered(value: ModelPrice[string]): value is Exclude<ModelPrice[string], number | undefined> {
  return typeof value === "object";
}

/** What a rule of the package matches, as names, with `*` where a date or its like may follow. */
function namesIn(match: MatchLogic): string[] {
  if ("or" in match) return match.or.flatMap(namesIn);
  if ("and" in match) return match.and.flatMap(namesIn);
  if ("equals" in match) return [match.equals];
  if ("ends_with" in match) return [match.ends_with];
  if ("starts_with" in match) return [`${match.starts_with}*`];
  if ("contains" in match) return [`${match.contains}*`];
  // A date behind a name; or that something is no voice, which no name with `*` takes in.
  const dated = /^\^([\w\\./-]+?)-\\d/.exec(match.regex)?.[1];
  if (dated !== undefined) return [`${dated.replaceAll("\\", "")}*`];
  if (match.regex.startsWith("^(?!")) return [];
  throw new Error(`a rule for names is not understood yet: ${match.regex}`);
}

/** A line for each model. */
function written({ source, date, models }: z.infer<typeof knownModelsSchema>): string {
  const lists = Object.entries(models).map(([provider, entries]) => {
    const lines = Object.entries(entries).map(([id, entry]) => `      ${JSON.stringify(id)}: ${JSON.stringify(entry)}`);
    return `    ${JSON.stringify(provider)}: {\n${lines.join(",\n")}\n    }`;
  });
  const head = `  "source": ${JSON.stringify(source)},\n  "date": ${JSON.stringify(date)},\n`;
  return `{\n${head}  "models": {\n${lists.join(",\n")}\n  }\n}\n`;
}
