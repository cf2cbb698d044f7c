/** The words with which each wire says why it ended. */

export const LENGTH = {
  responses: "max_output_tokens",
  chat: "length",
  ollama: "length",
  anthropic: "max_tokens",
  google: "MAX_TOKENS",
} as const;

export const FILTER = {
  responses: "content_filter",
  chat: "content_filter",
  ollama: "content_filter",
  anthropic: "refusal",
  google: "SAFETY",
} as const;
