/** What a model costs, in US dollars for a million tokens. Providers do not tell it, so the owner's settings do. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Input that the provider had in its cache; without one it costs what other input does. */
  readonly cached?: number;
}

export type Prices = { readonly [model: string]: Price };

interface Used {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
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

/** In US dollars. Reasoning is part of the output, cached input part of the input. */
export function costOf({ input, output, cached = input }: Price, usage: Used): number {
  const reused = Math.min(usage.cachedTokens ?? 0, usage.inputTokens);
  return ((usage.inputTokens - reused) * input + reused * cached + usage.outputTokens * output) / PER;
}
