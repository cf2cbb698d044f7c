import { messageOf } from "../core/errors.ts";
import { conceded, concessionFor, isEffortRefused, withoutBroken, type Concession } from "./concessions.ts";
import { createDemoModel, DEMO_WINDOW } from "./demo/demo.ts";
import type { Deadlines } from "./deadlines.ts";
import { knownModel } from "./known.ts";
import { ModelError, type Asked, type Model } from "./model.ts";
import type { Library } from "./providers.ts";
import type { Price, Prices } from "./price.ts";
import { askWindow } from "./local/servers.ts";
import { believed } from "./local/told.ts";
import { isOwnMachine, type ModelChoice, type RemoteChoice } from "./select.ts";
import { takesImages } from "./sight.ts";
import { mayThink } from "./thinking.ts";

/** Until the first word; a model on one's own machine may read a long context for minutes. */
const FIRST_MS = { hosted: 120_000, local: 300_000 } as const;
const IDLE_MS = 120_000;

export interface OpenOptions {
  readonly deadlines?: Deadlines;
  /** Silence in a stream, in milliseconds, that ends it. */
  readonly idleMs?: number;
  readonly prices?: Prices;
  /** Tokens of its window; null: as far as known. */
  readonly window?: number | null;
  /** Whether it takes pictures; null: as far as known. */
  readonly images?: boolean | null;
  /** How long its server may take to tell its window; a second when left out. */
  readonly askMs?: number;
}

/** Opens a chosen model. Its provider's library is imported by the first step, not here. */
export function openModel(choice: ModelChoice, options: OpenOptions = {}): Model {
  if (choice.kind === "demo") return createDemoModel();
  const window = windowOf(choice, options.window ?? null);
  const local = isOwnMachine(choice.provider) || choice.provider === "compatible";
  const { idleMs = IDLE_MS } = options;
  const firstChunkMs = Math.max(local ? FIRST_MS.local : FIRST_MS.hosted, idleMs);
  const deadlines = options.deadlines ?? { firstChunkMs, chunkMs: idleMs };
  const given = new Set<Concession>();
  let library: Library | null = null;
  /** Efforts that the server has refused: what it says of one is not true of another. */
  const refusedEfforts = new Set<Asked>();
  return {
    id: choice.id,
    provider: makerOf(choice),
    contextTokens: window.tokens,
    isWindowGuessed: window.isGuess,
    async askWindow(signal) {
      const told = window.isGuess ? await askWindow(choice, signal, options.askMs) : null;
      return told === null ? null : believed(told, window.tokens);
    },
    takesImages: takesImages(choice, options.images ?? null),
    mayThink: mayThink(choice),
    // Known prices change on days that are known too.
    get price() {
      return priceOf(choice, options.prices ?? {});
    },
    async *step(request) {
      const [{ streamStep }, { libraryFor, optionsFor }] = await Promise.all([
        import("./ai-sdk.ts"),
        import("./providers.ts"),
      ]);
      const { id, provider, name, baseUrl, keyVariable } = choice;
      const failing = { id, provider, name, baseUrl, keyVariable, key: choice.key() };
      let asked = request;
      for (;;) {
        const wanted = asked.effort === undefined || refusedEfforts.has(asked.effort) ? undefined : asked.effort;
        // What is given on another step's account while this one is asked is not left out of this request.
        const leftOut = new Set(given);
        library = await libraryFor(choice, failing, leftOut, library);
        const provided = { model: library.model, ...optionsFor(choice, leftOut, wanted) };
        try {
          const { effort: effortRefused } = asked;
          for await (const chunk of streamStep(provided, failing, deadlines, conceded(asked, leftOut))) {
            const isRefused = effortRefused !== undefined && provided.effort === undefined && mayThink(choice);
            yield chunk.type === "finish" && isRefused ? { ...chunk, effortRefused } : chunk;
          }
          return;
        } catch (error) {
          // A refused request has streamed nothing yet, so asking again repeats nothing.
          const refused =
            error instanceof ModelError && error.code === "model_bad_request" && error.spent === undefined;
          const said = refused ? `${error.message} ${messageOf(error.cause)}` : "";
          const seen = refused ? withoutBroken(said, asked) : null;
          const effort = refused && seen === null && isEffortRefused(said) ? provided.effort : undefined;
          const concession = refused && seen === null ? concessionFor(said, leftOut) : null;
          if (seen !== null) asked = seen;
          else if (effort !== undefined) refusedEfforts.add(effort);
          else if (concession === null) throw error;
          else given.add(concession);
        }
      }
    },
  };
}

/** Of a server at an address of its own, that too: another server under the same name is another maker. */
function makerOf({ provider, baseUrl, usualUrl }: RemoteChoice): string {
  return usualUrl ? provider : `${provider} at ${new URL(baseUrl).origin}`;
}

/** How many tokens a model takes: as set, as known, else guessed with care. Too small costs an early summary, too big a refused request. */
export function windowOf(
  choice: ModelChoice,
  set: number | null,
): { readonly tokens: number; readonly isGuess: boolean } {
  if (choice.kind === "demo") return { tokens: DEMO_WINDOW, isGuess: false };
  if (set !== null) return { tokens: set, isGuess: false };
  const known = knownModel(choice, Date.now())?.window ?? null;
  if (known !== null) return { tokens: known, isGuess: false };
  const { provider, name } = choice;
  switch (provider) {
    case "openai": {
      if (name.startsWith("gpt-4.1")) return { tokens: 1_000_000, isGuess: false };
      return /^gpt-[5-9]/.test(name) ? { tokens: 270_000, isGuess: false } : { tokens: 128_000, isGuess: true };
    }
    case "anthropic":
      return { tokens: 200_000, isGuess: !name.startsWith("claude-") };
    case "google":
      return name.startsWith("gemini-") ? { tokens: 1_000_000, isGuess: false } : { tokens: 32_000, isGuess: true };
    case "openrouter":
      return { tokens: 128_000, isGuess: true };
    case "ollama":
    case "lmstudio":
    case "llamacpp":
      return { tokens: 16_000, isGuess: true };
    case "compatible":
      return { tokens: 32_000, isGuess: true };
  }
}

/** What a model costs now; null: nobody has said it, and it is not known. */
export function priceOf(choice: ModelChoice, set: Prices, now: number = Date.now()): Price | null {
  const own = Object.hasOwn(set, choice.id) ? set[choice.id] : undefined;
  if (own !== undefined) return own;
  // A model on one's own machine is paid for by the socket in the wall.
  if (choice.kind === "demo" || isOwnMachine(choice.provider)) return { input: 0, output: 0 };
  return knownModel(choice, now)?.price ?? null;
}
