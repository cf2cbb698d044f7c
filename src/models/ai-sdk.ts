import {
  isStepCount,
  jsonSchema,
  streamText,
  tool,
  wrapLanguageModel,
  type AssistantContent,
  type AssistantModelMessage,
  type JSONSchema7,
  type ModelMessage,
  type TextStreamPart,
  type ToolSet,
} from "ai";
import { jsonSchema as json } from "../core/events.ts";
import { signsOfLife, type SignsOfLife } from "./careful-fetch.ts";
import { withDeadline, type Deadlines } from "./deadlines.ts";
import { endingOf, type Ending } from "./ending.ts";
import { toModelError, type Failing } from "./model-errors.ts";
import {
  ModelError,
  type Asked,
  type StepChunk,
  type StepRequest,
  type StepToolCall,
  type StepUsage,
  type ToolSpec,
} from "./model.ts";
import { Tags, type Piece, type TextCall } from "./tags.ts";
import { estimateJson, estimateTokens } from "./tokens.ts";

/** One step of a provider's model through the AI SDK. Loaded with the first step, never before. */

// Its hints for programmers go to stderr otherwise.
globalThis.AI_SDK_LOG_WARNINGS = false;

type ProviderOptions = NonNullable<Parameters<typeof streamText>[0]["providerOptions"]>;
type Part = TextStreamPart<ToolSet>;
type Usage = Extract<Part, { type: "finish-step" }>["usage"];

/** A model as a provider's library makes it. */
export type LibraryModel = Parameters<typeof wrapLanguageModel>[0]["model"];

export interface Provided {
  readonly model: LibraryModel;
  readonly providerOptions: ProviderOptions;
  /** undefined: nothing is said of it. */
  readonly effort: Asked | undefined;
}

export async function* streamStep(
  provided: Provided,
  failing: Failing,
  deadlines: Deadlines,
  request: StepRequest,
): AsyncGenerator<StepChunk, void, undefined> {
  const own = new AbortController();
  const signal = AbortSignal.any([request.signal, own.signal]);
  signal.throwIfAborted();
  const life: SignsOfLife = { last: -Infinity };
  const result = streamText({
    model: wrapLanguageModel({
      model: provided.model,
      middleware: { specificationVersion: "v4", wrapStream: ({ doStream }) => signsOfLife.run(life, doStream) },
    }),
    ...(request.instructions === "" ? {} : { instructions: request.instructions }),
    messages: [...request.messages],
    ...(request.tools.length === 0 ? {} : { tools: toolSet(request.tools) }),
    stopWhen: isStepCount(1),
    maxRetries: 0,
    abortSignal: signal,
    providerOptions: provided.providerOptions,
    ...(provided.effort !== undefined && { reasoning: provided.effort }),
    // Errors arrive as parts of the stream; the default would print them.
    onError: () => {},
  });
  const step = new StepReader(request);
  const expire = (waitedMs: number): void => {
    const seconds = Math.round(waitedMs / 100) / 10;
    own.abort(new ModelError("model_timeout", `${failing.id} was silent for ${seconds} s`, { retryable: true }));
  };
  const limit = (): number => (step.writing ? deadlines.chunkMs : deadlines.firstChunkMs);
  try {
    for await (const part of withDeadline(result.stream, {
      limit,
      lastSign: () => life.last,
      expire,
      failed: signal,
    })) {
      yield* step.read(part);
      if (step.outputTokens > MOST_OUTPUT) throw endless(failing);
    }
    yield* step.end();
    const finish = step.finish(await result.responseMessages, failing.id);
    yield provided.effort === undefined ? finish : { ...finish, effort: provided.effort };
  } catch (error) {
    request.signal.throwIfAborted();
    const failure = own.signal.aborted ? (own.signal.reason as ModelError) : toModelError(error, failing);
    throw step.spent === null ? failure : withSpent(failure, step.spent);
  } finally {
    // A reader that stops early must not leave the request running.
    own.abort();
  }
}

/** Several times what any model says at once: an answer without an end would fill the memory, and cost without one. */
const MOST_OUTPUT = 1_000_000;

const endless = ({ id }: Failing): ModelError =>
  new ModelError("model_bad_response", `${id} came to no end: its answer was cut off`, { retryable: false });

/** Turns the SDK's parts into chunks and collects what the last one needs. */
class StepReader {
  /** Whether the model writes, so that its silence is short. */
  writing = false;
  #part = "";
  #end: { readonly reason: string; readonly raw: string | undefined; readonly usage: Usage } | null = null;
  readonly #calls: StepToolCall[] = [];
  readonly #request: StepRequest;
  readonly #tags: Tags;
  /** Of what came by now, about. */
  outputTokens = 0;

  constructor(request: StepRequest) {
    this.#request = request;
    this.#tags = new Tags(request.tools.length > 0);
  }

  /** What the call has taken by now; null: nothing came. */
  get spent(): StepUsage | null {
    return this.#end === null && this.outputTokens === 0 ? null : this.#usage();
  }

  /** As the server told, or as it can be estimated: a limit must hold in either case. */
  #usage(): StepUsage {
    const told = usageOf(this.#end?.usage);
    const missing = told.inputTokens === 0 || (told.outputTokens === 0 && this.outputTokens > 0);
    if (!missing) return told;
    const { instructions, messages, tools } = this.#request;
    return {
      ...told,
      inputTokens: told.inputTokens || estimateTokens(instructions) + estimateJson([messages, tools]),
      outputTokens: told.outputTokens || this.outputTokens,
      estimated: true,
    };
  }

  *read(part: Part): Generator<StepChunk, void, undefined> {
    switch (part.type) {
      case "text-delta":
        this.outputTokens += estimateTokens(part.text);
        yield* this.#answer(part.id, this.#tags.add(part.text));
        return;
      case "reasoning-delta":
        this.outputTokens += estimateTokens(part.text);
        yield* this.#text("thought", part.id, part.text);
        return;
      case "reasoning-start":
      case "reasoning-end":
        this.writing = false;
        return;
      case "tool-input-start":
        this.writing = true;
        return;
      case "tool-input-delta":
        this.writing = true;
        this.outputTokens += estimateTokens(part.delta);
        return;
      case "tool-call": {
        if (part.providerExecuted === true) return;
        const args = json.safeParse(part.input);
        const providerCallId = part.toolCallId;
        this.#calls.push({ providerCallId, name: part.toolName, args: args.success ? args.data : String(part.input) });
        return;
      }
      case "finish-step":
        this.#end = { reason: part.finishReason, raw: part.rawFinishReason, usage: part.usage };
        return;
      case "error":
        throw part.error;
      case "abort":
        throw new Error(part.reason ?? "aborted");
      default:
        return;
    }
  }

  /** What was held back at the end of an answer's text. */
  *end(): Generator<StepChunk, void, undefined> {
    yield* this.#answer("", this.#tags.end());
  }

  *#answer(id: string, pieces: readonly Piece[]): Generator<StepChunk, void, undefined> {
    for (const piece of pieces) {
      if (piece.kind === "recast") {
        this.#part = "message answer";
        yield { type: "part", kind: "message", recast: true };
      } else yield* this.#text(piece.kind, piece.kind === "message" ? "answer" : `in ${id}`, piece.text);
    }
  }

  /** Throws when the stream ended without the provider's own word that it is complete. */
  finish(messages: readonly ModelMessage[], id: string): Finish {
    const end = this.#end;
    const ending = endingOf(end?.reason ?? "interrupted", end?.raw);
    if (end === null || ending.means === "broken") {
      const why = ending.means === "broken" ? ending.why : "broke off";
      throw new ModelError("model_bad_response", `${id} ${why}`, { retryable: true });
    }
    // Where the server has read the calls itself, what is left of them in the text is a remark.
    const asText = this.#calls.length > 0 ? [] : this.#tags.calls;
    this.#calls.push(...asText.map(callFromText));
    return {
      type: "finish",
      ...reasonOf(ending, this.#calls.length > 0),
      toolCalls: this.#calls,
      usage: this.#usage(),
      // The SDK adds a result of its own to a call that it could not parse; results are the run's.
      messages: withCalls(
        messages.filter((message) => message.role === "assistant"),
        asText,
      ),
    };
  }

  *#text(kind: "message" | "thought", id: string, text: string): Generator<StepChunk, void, undefined> {
    if (text === "") return;
    this.writing = true;
    if (this.#part !== `${kind} ${id}`) {
      this.#part = `${kind} ${id}`;
      yield { type: "part", kind };
    }
    yield { type: "text", text };
  }
}

const AS_TEXT = "it came as text in the answer, not as a tool call; call it through the tools that are offered";

const idFromText = (index: number): string => `text_${index}`;

function callFromText({ name, text }: TextCall, index: number): StepToolCall {
  return { providerCallId: idFromText(index), name, args: text, bad: AS_TEXT };
}

/** The messages with calls in the place of texts that were meant as such, so that each has its result. */
function withCalls(messages: readonly AssistantModelMessage[], calls: readonly TextCall[]): readonly ModelMessage[] {
  if (calls.length === 0) return messages;
  const content: Exclude<AssistantContent, string> = [];
  for (const message of messages) {
    const parts =
      typeof message.content === "string" ? [{ type: "text" as const, text: message.content }] : message.content;
    for (const part of parts) {
      if (part.type !== "text") content.push(part);
      else {
        const text = calls.reduce((left, call) => left.replace(call.text, ""), part.text);
        if (text.trim() !== "") content.push({ ...part, text });
      }
    }
  }
  for (const [index, { name }] of calls.entries()) {
    content.push({ type: "tool-call", toolCallId: idFromText(index), toolName: name, input: {} });
  }
  return [{ role: "assistant", content }];
}

type Finish = Extract<StepChunk, { type: "finish" }>;

function reasonOf(ending: Exclude<Ending, { means: "broken" }>, calls: boolean): Pick<Finish, "reason" | "word"> {
  if (ending.means === "length" || ending.means === "content-filter") return { reason: ending.means };
  // Some servers say "stop" although they ask for tools, and the other way round.
  if (calls) return { reason: "tool-calls" };
  return ending.means === "unknown" ? { reason: "other", word: ending.word } : { reason: "stop" };
}

/** No call takes as many. */
const MOST_TOKENS = 1_000_000_000;

/** What cannot be a number of tokens, such as less than none, is not known. */
const counted = (tokens: number | undefined): number | undefined =>
  tokens !== undefined && Number.isInteger(tokens) && tokens >= 0 && tokens <= MOST_TOKENS ? tokens : undefined;

function usageOf(usage: Usage | undefined): StepUsage {
  const cached = counted(usage?.inputTokenDetails.cacheReadTokens);
  const written = counted(usage?.inputTokenDetails.cacheWriteTokens);
  const reasoning = counted(usage?.outputTokenDetails.reasoningTokens);
  return {
    inputTokens: counted(usage?.inputTokens) ?? 0,
    outputTokens: counted(usage?.outputTokens) ?? 0,
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    // A provider that has no price for it tells 0 with every call.
    ...(written === undefined || written === 0 ? {} : { cacheWriteTokens: written }),
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
  };
}

function withSpent(error: ModelError, spent: StepUsage): ModelError {
  const { retryable, retryAfterMs, limitTokens, cause } = error;
  return new ModelError(error.code, error.message, {
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(limitTokens !== undefined && { limitTokens }),
    spent,
    cause,
  });
}

function toolSet(specs: readonly ToolSpec[]): ToolSet {
  return Object.fromEntries(
    specs.map(({ name, description, parameters }) => [
      name,
      tool({
        description,
        // A schema made by zod or an MCP server; the SDK only passes it on.
        inputSchema: jsonSchema<unknown>(parameters as JSONSchema7),
      }),
    ]),
  );
}
