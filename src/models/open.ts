import { createDemoModel } from "./demo/demo.ts";
import type { Deadlines } from "./deadlines.ts";
import { ModelError, type Model, type StepChunk } from "./model.ts";
import type { Prices } from "./price.ts";
import type { ModelChoice, RemoteChoice } from "./select.ts";

const FAST: Deadlines = { firstChunkMs: 120_000, chunkMs: 60_000 };
/** A model on one's own machine may read a long context for minutes. */
const LOCAL: Deadlines = { firstChunkMs: 300_000, chunkMs: 120_000 };

export interface OpenOptions {
  readonly deadlines?: Deadlines;
  readonly prices?: Prices;
  /** Tokens of its window; null: as far as known. */
  readonly window?: number | null;
}

/** Opens a chosen model. Its provider's library is imported by the first step, not here. */
export function openModel(choice: ModelChoice, options: OpenOptions = {}): Model {
  if (choice.kind === "demo") return createDemoModel();
  const local = choice.provider === "ollama" || choice.provider === "compatible";
  const deadlines = options.deadlines ?? (local ? LOCAL : FAST);
  // OpenAI refuses to summarise the reasoning for accounts that it has not verified; the answer matters more.
  let summaries = true;
  return {
    id: choice.id,
    provider: makerOf(choice),
    contextTokens: options.window ?? contextTokens(choice),
    // A model on one's own machine is paid for by the socket in the wall.
    price: options.prices?.[choice.id] ?? (choice.provider === "ollama" ? { input: 0, output: 0 } : null),
    async *step(request) {
      const [{ streamStep }, { provide }] = await Promise.all([import("./ai-sdk.ts"), import("./providers.ts")]);
      const { id, provider, name, baseUrl, keyVariable } = choice;
      const failing = { id, provider, name, baseUrl, keyVariable, key: choice.key() };
      const start = async (): Promise<AsyncGenerator<StepChunk, void, undefined>> =>
        streamStep(await provide(choice, summaries), failing, deadlines, request);
      try {
        yield* await start();
      } catch (error) {
        if (!summaries || !refusesSummaries(error)) throw error;
        summaries = false;
        yield* await start();
      }
    },
  };
}

/** Of a server at an address of its own, that too: another server under the same name is another maker. */
function makerOf({ provider, baseUrl, usualUrl }: RemoteChoice): string {
  return usualUrl ? provider : `${provider} at ${new URL(baseUrl).origin}`;
}

/** A refused request has streamed nothing yet, so asking again repeats nothing. */
function refusesSummaries(error: unknown): boolean {
  return error instanceof ModelError && error.code === "model_bad_request" && /reasoning.?summar/i.test(error.message);
}

/** Careful guesses: too small costs an early summary, too big a refused request. */
function contextTokens({ provider, name }: RemoteChoice): number {
  switch (provider) {
    case "openai":
      return name.startsWith("gpt-4.1") ? 1_000_000 : /^gpt-[5-9]/.test(name) ? 270_000 : 128_000;
    case "anthropic":
      return 200_000;
    case "google":
      return name.startsWith("gemini-") ? 1_000_000 : 32_000;
    case "openrouter":
      return 128_000;
    case "ollama":
      return 16_000;
    case "compatible":
      return 32_000;
  }
}
