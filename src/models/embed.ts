import { embedMany } from "ai";
import type { Embedded } from "../core/embedder.ts";
import { toModelError } from "./model-errors.ts";
import { ModelError } from "./model.ts";
import type { RemoteChoice } from "./select.ts";

/** Vectors by a provider's model through the AI SDK. Loaded with the first call, never before. */

// Its hints for programmers go to stderr otherwise.
globalThis.AI_SDK_LOG_WARNINGS = false;

type Options = Parameters<typeof embedMany>[0];
type What = "query" | "text";

/** More than 64 vectors of 8192 numbers take. */
const MOST_BYTES = 16 * 1024 * 1024;

export async function embedTexts(
  choice: RemoteChoice,
  texts: readonly string[],
  what: What,
  signal: AbortSignal,
): Promise<Embedded> {
  const { id, provider, name, baseUrl, keyVariable } = choice;
  const setting = "SPARKY_EMBEDDING_MODEL";
  const failing = { id, provider, name, baseUrl, keyVariable, setting, key: choice.key() };
  try {
    const values = texts.map((text) => prefixOf(name, what) + text);
    const given = await provided(choice, what);
    const { embeddings } = await embedMany({
      ...given,
      values,
      maxRetries: 0,
      maxParallelCalls: 1,
      abortSignal: signal,
    });
    return { vectors: embeddings };
  } catch (error) {
    if (signal.aborted) return { why: `${id} was not waited for any longer`, refused: false };
    const { code, message, retryAfterMs } = toModelError(error, failing);
    const refused = code === "model_bad_request" || code === "model_context_full";
    return { why: message, refused, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
}

async function provided(
  choice: RemoteChoice,
  what: What,
): Promise<Pick<Options, "model" | "dimensions" | "providerOptions">> {
  const { provider, name, id, baseUrl: baseURL } = choice;
  const apiKey = choice.key() ?? "";
  const fetch = boundedFetch(id);
  switch (provider) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const model = createOpenAI({ apiKey, baseURL, fetch }).embedding(name);
      // They are made to be cut: a third of the room for nearly the same order.
      return name.startsWith("text-embedding-3-") ? { model, dimensions: 512 } : { model };
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      const model = createGoogle({ apiKey, baseURL, fetch }).embedding(name);
      const taskType = what === "query" ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT";
      const providerOptions = { google: { taskType } };
      return { model, providerOptions, ...(name.startsWith("gemini-embedding") && { dimensions: 768 }) };
    }
    case "ollama":
    case "lmstudio":
    case "llamacpp":
    case "openrouter":
    case "compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const key = apiKey === "" ? {} : { apiKey };
      return { model: createOpenAICompatible({ name: provider, baseURL, fetch, ...key }).embeddingModel(name) };
    }
    case "anthropic":
      throw new ModelError("model_bad_request", `${provider} has no embedding models`, { retryable: false });
    default:
      return provider satisfies never;
  }
}

/** What some models were taught to have in front of a text; without it they tell less well what belongs together. */
const PREFIXES: readonly (readonly [model: RegExp, query: string, text: string])[] = [
  [/nomic-embed-text/i, "search_query: ", "search_document: "],
  [/embeddinggemma/i, "task: search result | query: ", "title: none | text: "],
  [/(?:^|[/-])e5-/i, "query: ", "passage: "],
  [/mxbai-embed|bge-(?:small|base|large)-en/i, "Represent this sentence for searching relevant passages: ", ""],
];

function prefixOf(name: string, what: What): string {
  const [, query, text] = PREFIXES.find(([model]) => model.test(name)) ?? [];
  return (what === "query" ? query : text) ?? "";
}

function boundedFetch(id: string): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    let bytes = 0;
    const bounded = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes <= MOST_BYTES) return controller.enqueue(chunk);
        const says = `${id} sent more than ${MOST_BYTES / 1024 / 1024} MB of vectors`;
        controller.error(new ModelError("model_bad_response", says, { retryable: false }));
      },
    });
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(bounded), { status, headers });
  };
}
