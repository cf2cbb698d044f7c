import { unreachable } from "../core/errors.ts";
import type { LibraryModel, Provided } from "./ai-sdk.ts";
import { carefulFetch } from "./careful-fetch.ts";
import type { Concession } from "./concessions.ts";
import type { Failing } from "./model-errors.ts";
import type { Asked } from "./model.ts";
import type { RemoteChoice } from "./select.ts";
import { mayThink } from "./thinking.ts";

/** A provider's model in its library, and what it was made for. */
export interface Library {
  readonly model: LibraryModel;
  readonly tellsUsage: boolean;
}

/**
 * The library's model, importing only that provider's package. The one before where it would be the same: its checks of what
 * comes back are made with it, which takes longer than a short answer.
 */
export async function libraryFor(
  choice: RemoteChoice,
  failing: Failing,
  given: ReadonlySet<Concession>,
  before: Library | null,
): Promise<Library> {
  const tellsUsage = !given.has("usage");
  return before?.tellsUsage === tellsUsage ? before : { model: await made(choice, failing, tellsUsage), tellsUsage };
}

async function made(choice: RemoteChoice, failing: Failing, includeUsage: boolean): Promise<LibraryModel> {
  const { provider, name, baseUrl: baseURL } = choice;
  const apiKey = failing.key ?? "";
  switch (provider) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI({ apiKey, baseURL, fetch: carefulFetch("responses", failing) }).responses(name);
    }
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      return createAnthropic({ apiKey, baseURL, fetch: carefulFetch("anthropic", failing) })(name);
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      return createGoogle({ apiKey, baseURL, fetch: carefulFetch("google", failing) })(name);
    }
    case "ollama":
    case "lmstudio":
    case "llamacpp":
    case "openrouter":
    case "compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const fetch = carefulFetch("chat", failing);
      const named = apiKey === "" ? {} : { apiKey };
      return createOpenAICompatible({ name: provider, baseURL, includeUsage, fetch, ...named })(name);
    }
    default:
      return unreachable(provider);
  }
}

/** What a step asks for beside its messages. Of the effort what this model can be told: nothing of one that is known not to think. */
export function optionsFor(
  choice: RemoteChoice,
  given: ReadonlySet<Concession>,
  wanted: Asked | undefined,
): Omit<Provided, "model"> {
  switch (choice.provider) {
    case "openai": {
      const thinks = mayThink(choice);
      const effort = thinks ? wanted : undefined;
      return {
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
      const thinks = !given.has("thinking") && /claude-(opus|sonnet|haiku|fable)-(4-[6-9]|[5-9])/.test(choice.name);
      return {
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
      const thinks = mayThink(choice);
      return {
        // Where there are no thoughts, asking for them is refused.
        providerOptions: thinks && wanted !== "none" ? { google: { thinkingConfig: { includeThoughts: true } } } : {},
        effort: thinks ? wanted : undefined,
      };
    }
    default:
      return { providerOptions: {}, effort: wanted };
  }
}
