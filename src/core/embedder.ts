/** A model that makes vectors of texts: recall asks it, `src/models` opens it. */
export interface Embedder {
  /** Which model, and which server's where there is no usual one; another name is another model from now on. */
  readonly model: string;
  /** `query`: what is looked for; `text`: what is to be found. Never rejects for what a provider does. */
  embed(texts: readonly string[], what: "query" | "text", signal: AbortSignal): Promise<Embedded>;
}

export type Embedded = { readonly vectors: readonly (readonly number[])[] } | NotEmbedded;

export interface NotEmbedded {
  /** In words for a person. */
  readonly why: string;
  /** These texts are to blame; others may be taken. */
  readonly refused: boolean;
  readonly retryAfterMs?: number;
}
