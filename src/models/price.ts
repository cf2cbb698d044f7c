/** What a model costs, in US dollars for a million tokens: as the owner's settings say, else as the data file does. */
interface Rates {
  readonly input: number;
  readonly output: number;
  /** Input that the provider had in its cache; without one it costs what other input does. */
  readonly cached?: number;
  /** Input that the provider has put into its cache; without one it costs what other input does. */
  readonly cacheWrite?: number;
}

export interface Price extends Rates {
  /** What all of a call costs that takes more input than so many tokens. */
  readonly above?: Rates & { readonly tokens: number };
  /** The day from which the data file has it; without one somebody has set it, or nobody charges. */
  readonly asOf?: string;
}

export type Prices = { readonly [model: string]: Price };

interface Used {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
}

const PER = 1_000_000;
const ENTRY = /^([^\s=]+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?$/;

/** Reads `openai/gpt-5=1.25/10/0.125, anthropic/claude=3/15`; undefined when it is not of that form. */
export function parsePrices(text: string): Prices | undefined {
  const prices: { [model: string]: Price } = {};
  for (const entry of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const [, model, input, output, cached] = ENTRY.exec(entry) ?? [];
    if (model === undefined) return undefined;
    prices[model] = {
      input: Number(input),
      output: Number(output),
      ...(cached !== undefined && { cached: Number(cached) }),
    };
  }
  return prices;
}

/** In US dollars. Reasoning is part of the output; what was read from the cache or written into it is part of the input. */
export function costOf(price: Price, usage: Used): number {
  const { inputTokens, outputTokens, cachedTokens = 0, cacheWriteTokens = 0 } = usage;
  const rates = price.above !== undefined && inputTokens > price.above.tokens ? price.above : price;
  const { input, output, cached = input, cacheWrite = input } = rates;
  const reused = Math.min(cachedTokens, inputTokens);
  const written = Math.min(cacheWriteTokens, inputTokens - reused);
  const plain = inputTokens - reused - written;
  return (plain * input + reused * cached + written * cacheWrite + outputTokens * output) / PER;
}
