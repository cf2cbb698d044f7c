import type { Provided } from "./ai-sdk.ts";
import { unreachable } from "../core/errors.ts";
import type { Concession } from "./concessions.ts";
import type { WireFormat } from "./frames.ts";
import type { Asked } from "./model.ts";
import type { RemoteChoice } from "./select.ts";
import { mayThink } from "./thinking.ts";

/**
 * Builds the provider's model, importing only that provider's package. What is said of the effort is what this model can be
 * told: nothing of one that is known not to think.
 */
export async function provide(
  choice: RemoteChoice,
  given: ReadonlySet<Concession>,
  fetchFor: (format: WireFormat) => typeof fetch,
  wanted?: Asked,
): Promise<Provided> {
  const { provider, name, baseUrl: baseURL } = choice;
  const apiKey = choice.key() ?? "";
  switch (provider) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const thinks = mayThink(choice);
      const effort = thinks ? wanted : undefined;
      const openai = createOpenAI({ apiKey, baseURL, fetch: fetchFor("responses") });
      return {
        model: openai.responses(name),
        // Nothing is kept at the provider: with `store: false` the request carries every item itself, reasoning encrypted,
        // and a call is known by its call id alone, which is ours.
        providerOptions: {
          openai: {
            store: false,
            // Left out, the library would ask for one of its own where there is an effort.
            ...(thinks ? { reasoningSummary: given.has("summaries") || effort === "none" ? null : "auto" } : {}),
          },
        },
        effort,
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
            // Without thoughts the library says so itself, in the way of the model.
            ...(thinks && wanted !== "none" ? { thinking: { type: "adaptive", display: "summarized" } } : {}),
          },
        },
        // With an effort the library would have it think all the same.
        effort: given.has("thinking") ? undefined : wanted,
      };
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      const thinks = mayThink(choice);
      return {
        model: createGoogle({ apiKey, baseURL, fetch: fetchFor("google") })(name),
        // Where there are no thoughts, asking for them is refused.
        providerOptions: thinks && wanted !== "none" ? { google: { thinkingConfig: { includeThoughts: true } } } : {},
        effort: thinks ? wanted : undefined,
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
      return { model: server(name), providerOptions: {}, effort: wanted };
    }
    default:
      return unreachable(provider);
  }
}
