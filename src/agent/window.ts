import { ModelError, type Model } from "../models/model.ts";

/** How much of a model's window a conversation may take, and what is learned of it from the provider's answers. */

/** The share that the conversation may take; the rest is for instructions, tools and the answer. */
const CONVERSATION = 0.7;
/** The share that conversation, instructions and tools may take together: an answer needs room too. */
const REQUEST = 0.85;
/** A window that is refused without a number is taken to be this much smaller. */
const SMALLER = 0.6;
/** A conversation of fewer tokens is none. */
const LEAST = 200;
/** The provider's count is believed within these bounds: some count a cached beginning as nothing. */
const FACTORS = { least: 0.5, most: 4 } as const;

type Known = Pick<Model, "id" | "provider" | "contextTokens" | "isWindowGuessed">;

export class Window {
  #tokens: number;
  #isGuess: boolean;
  /** What was last said of it; null: nobody has said anything. */
  #stated: number | null;
  /** Tokens that the provider counts for one that was estimated. */
  #factor = 1;

  constructor(tokens: number, isGuess = false) {
    this.#tokens = tokens;
    this.#isGuess = isGuess;
    this.#stated = isGuess ? null : tokens;
  }

  /** What its server or a person says. Said once more it does not undo what a refusal has taught, and a guess only makes a guess smaller. */
  state({ tokens, isGuess }: { readonly tokens: number; readonly isGuess: boolean }): void {
    if (isGuess ? !this.#isGuess || tokens >= this.#tokens : tokens === this.#stated) return;
    if (!isGuess) this.#stated = tokens;
    [this.#tokens, this.#isGuess] = [tokens, isGuess];
  }

  /** As far as it is known by now. */
  get size(): { readonly window: number; readonly windowGuessed?: true } {
    return { window: this.#tokens, ...(this.#isGuess && { windowGuessed: true as const }) };
  }

  /** Estimated tokens that the conversation may take beside `overhead` for instructions and tools. */
  room(overhead: number): number {
    const window = this.#tokens / this.#factor;
    return Math.max(LEAST, Math.floor(Math.min(window * CONVERSATION, window * REQUEST - overhead)));
  }

  /** A request was accepted: the provider counted it. Small differences change nothing, so that requests begin alike. */
  counted(estimate: number, tokens: number): void {
    const factor = Math.min(Math.max(tokens / Math.max(estimate, 1), FACTORS.least), FACTORS.most);
    if (factor > this.#factor * 1.05 || factor < this.#factor * 0.7) this.#factor = factor;
  }

  /** A request was refused as too long. false: it cannot be made shorter. */
  refused(estimate: number, overhead: number, limit: number | null): boolean {
    const before = this.room(overhead);
    const sent = Math.min(this.#tokens, estimate * this.#factor);
    // A limit that we had kept to by our own count: the count was wrong.
    if (limit !== null && limit < sent) [this.#tokens, this.#isGuess] = [limit, false];
    else [this.#tokens, this.#isGuess] = [Math.floor(sent * SMALLER), true];
    return this.room(overhead) < before && this.#tokens * REQUEST > overhead * this.#factor + LEAST;
  }
}

/** The windows of the models in use, for as long as the process lives: learned anew after a restart. */
export class Windows {
  readonly #known = new Map<string, Window>();

  of({ id, provider, contextTokens, isWindowGuessed }: Known): Window {
    const key = `${provider} ${id}`;
    const known = this.#known.get(key) ?? new Window(contextTokens, isWindowGuessed);
    known.state({ tokens: contextTokens, isGuess: isWindowGuessed === true });
    this.#known.set(key, known);
    return known;
  }

  /** Believes what the model's server says of it, if it says anything. */
  async ask(model: Model, signal = AbortSignal.any([])): Promise<void> {
    const stated = (await model.askWindow?.(signal)) ?? null;
    if (stated !== null) this.of(model).state(stated);
  }
}

/** Whether the provider said that the conversation is too long. */
export function isFull(error: unknown): error is ModelError {
  return error instanceof ModelError && error.code === "model_context_full";
}

/** The next try is made at once, with less; unless there is nothing left to leave out. */
export function shortened(error: ModelError, shorter: boolean): ModelError {
  const hint = shorter
    ? "; what is oldest is summed up or left out now"
    : "; its window is too small for the instructions and tools alone: use another model, or set SPARKY_MODEL_WINDOW";
  const retry = shorter ? { retryable: true, retryAfterMs: 0 } : { retryable: false };
  return new ModelError(error.code, error.message + hint, { ...retry, cause: error });
}
