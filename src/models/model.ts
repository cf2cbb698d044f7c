import type { ModelMessage } from "ai";
import type { Effort } from "../core/effort.ts";
import type { Effect, Json } from "../core/events.ts";
import type { Price } from "./price.ts";

/** The model contract: one call, streamed. Providers and the demo model implement it alike; nothing here retries. */

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly effect: Effect;
  /** JSON Schema of the arguments. */
  readonly parameters: { readonly [key: string]: Json };
}

/** An effort that a provider is told of. */
export type Asked = Exclude<Effort, "provider-default">;

export interface StepRequest {
  readonly instructions: string;
  /** Every tool call in them has its result. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSpec[];
  /** How hard it is to think; left out: as the provider does by itself. */
  readonly effort?: Asked;
  readonly signal: AbortSignal;
}

export interface StepToolCall {
  /** The provider's id: providers repeat theirs, so the run gives each call one of its own. */
  readonly providerCallId: string;
  readonly name: string;
  /** As parsed; a string when the provider sent something that is not JSON. */
  readonly args: Json;
  /** Why it must not run, whatever its arguments. */
  readonly bad?: string;
}

export interface StepUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
  /** Of the input, what the provider has put into its cache. */
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  /** The server did not tell. */
  readonly estimated?: true;
}

export type StepChunk =
  /** A new part begins; the text chunks that follow belong to it. */
  | {
      readonly type: "part";
      readonly kind: "message" | "thought";
      /** What was said before it was a thought: only now is it known. */
      readonly recast?: true;
    }
  | { readonly type: "text"; readonly text: string }
  /** Last chunk of every successful step. A stream that ends without it is a failed step. */
  | {
      readonly type: "finish";
      readonly reason: "stop" | "tool-calls" | "length" | "content-filter" | "other";
      /** The provider's own word for an end that is not known. */
      readonly word?: string;
      readonly toolCalls: readonly StepToolCall[];
      readonly usage: StepUsage;
      /** The effort that it was asked with; left out: with none, whatever the request said. */
      readonly effort?: Asked;
      /** The one of the request, where its server has refused it, now or before. */
      readonly effortRefused?: Asked;
      /** The provider's own assistant messages, reasoning signatures included, for the next call's context. */
      readonly messages: readonly ModelMessage[];
    };

export interface Model {
  /** `openai/gpt-5`, `demo`. */
  readonly id: string;
  readonly provider: string;
  /** Tokens of context that the model takes, as far as known. */
  readonly contextTokens: number;
  /** Nobody has said how many: a careful guess. */
  readonly isWindowGuessed?: boolean;
  /** Asks its server how many, for a second at most; null: nobody there can say. Never throws. */
  askWindow?(signal: AbortSignal): Promise<{ readonly tokens: number; readonly isGuess: boolean } | null>;
  /** It can be given pictures, as far as known. */
  readonly takesImages?: boolean;
  /** false: it is known not to, and is told no effort. */
  readonly mayThink?: boolean;
  /** What it costs now; null: nobody has said it, and it is not known. */
  readonly price: Price | null;
  /** Throws `ModelError` for every failure of the provider, and the signal's reason when it aborts. */
  step(request: StepRequest): AsyncIterable<StepChunk>;
}

export type ModelErrorCode =
  /** It is not set up here: no key, no address, or a name that means none. */
  | "model_unset"
  | "model_auth"
  | "model_not_found"
  | "model_rate_limited"
  | "model_overloaded"
  | "model_unreachable"
  | "model_bad_request"
  | "model_context_full"
  | "model_bad_response"
  | "model_timeout";

export class ModelError extends Error {
  readonly code: ModelErrorCode;
  readonly retryable: boolean;
  /** What the provider asked for (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Of a conversation that is too long: what the provider says that the model takes. */
  readonly limitTokens: number | undefined;
  /** What a call that broke in the middle has taken all the same. */
  readonly spent: StepUsage | undefined;

  constructor(
    code: ModelErrorCode,
    /** One line for people: what failed and what to do. No key, no header. */
    message: string,
    options: {
      readonly retryable: boolean;
      readonly retryAfterMs?: number;
      readonly limitTokens?: number;
      readonly spent?: StepUsage;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ModelError";
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.limitTokens = options.limitTokens;
    this.spent = options.spent;
  }
}
