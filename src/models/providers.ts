import type { Provided } from "./ai-sdk.ts";
import { unreachable } from "../core/errors.ts";
import type { Concession } from "./concessions.ts";
import type { WireFormat } from "./frames.ts";
import type { RemoteChoice } from "./select.ts";

/** Builds the provider's model, importing only that provider's package. */
export async function provide(
  choice: RemoteChoice,
  given: ReadonlySet<Concession>,
  fetchFor: (format: WireFormat) => typeof fetch,
): Promise<Provided> {
  const { provider, name, baseUrl: baseURL } = choice;
  const apiKey = choice.key() ?? "";
  switch (provider) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const openai = createOpenAI({ apiKey, baseURL, fetch: fetchFor("responses") });
      return {
        model: openai.responses(name),
        // Nothing is kept at the provider: with `store: false` the request carries every item itself, reasoning encrypted,
        // and a call is known by its call id alone, which is ours.
        providerOptions: {
          openai: {
            store: false,
            ...(!given.has("summaries") && isReasoning(name) ? { reasoningSummary: "auto" } : {}),
          },
        },
      };
    }
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      const thinks = !given.has("thinking") && /claude-(opus|sonnet|haiku|fable)-(4-[6-9]|[5-9])/.test(name);
      return {
        model: createAnthropic({ apiKey, baseURL, fetch: fetchFor("anthropic") })(name),
        providerOptions: {
          anthropic: {
            includePings: true,
            cacheControl: { type: "ephemeral" },
            ...(thinks ? { thinking: { type: "adaptive", display: "summarized" } } : {}),
          },
        },
      };
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      const thinks = name.startsWith("gemini-") && !/^gemini-(1|2\.0)/.test(name) && !/image|tts|audio/.test(name);
      return {
        model: createGoogle({ apiKey, baseURL, fetch: fetchFor("google") })(name),
        providerOptions: thinks ? { google: { thinkingConfig: { includeThoughts: true } } } : {},
      };
    }
    case "ollama":
    case "lmstudio":
    case "llamacpp":
    case "openrouter":
    case "compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const server = createOpenAICompatible({
        name: provider,
        baseURL,
        includeUsage: !given.has("usage"),
        fetch: fetchFor("chat"),
        ...(apiKey === "" ? {} : { apiKey }),
      });
      return { model: server(name), providerOptions: {} };
    }
    default:
      return unreachable(provider);
  }
}

function isReasoning(name: string): boolean {
  return /^(o\d|gpt-[5-9])/.test(name) && !name.includes("chat");
}
