import type { Embedder } from "../core/embedder.ts";
import { isSparkyError } from "../core/errors.ts";
import { selectEmbedding, type ModelSettings, type RemoteChoice } from "./select.ts";

/** A model that makes vectors of texts, by the settings as they are at each call. Its provider's library is imported by the first. */

/** `asked`: `SPARKY_EMBEDDING_MODEL`. */
export function openEmbedder(settings: () => ModelSettings, asked: string): Embedder {
  return {
    get model() {
      const choice = chosen(settings(), asked);
      return "why" in choice ? asked : nameOf(choice);
    },
    async embed(texts, what, signal) {
      const choice = chosen(settings(), asked);
      if ("why" in choice) return { why: choice.why, refused: false };
      const { embedTexts } = await import("./embed.ts");
      return embedTexts(choice, texts, what, signal);
    },
  };
}

/** A key may have been taken away since the start. */
function chosen(settings: ModelSettings, asked: string): RemoteChoice | { readonly why: string } {
  try {
    return selectEmbedding(settings, asked);
  } catch (error) {
    if (isSparkyError(error)) return { why: error.message };
    throw error;
  }
}

const nameOf = ({ id, usualUrl, baseUrl }: RemoteChoice): string =>
  usualUrl ? id : `${id} at ${new URL(baseUrl).origin}`;
