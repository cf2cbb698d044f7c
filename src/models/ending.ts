/** What a provider's word for the end of an answer means. */
export type Ending =
  | { readonly means: "whole" | "length" | "content-filter" }
  /** A word that nobody here knows: the answer may be whole. */
  | { readonly means: "unknown"; readonly word: string }
  /** The answer is not whole, and asking again may help. */
  | { readonly means: "broken"; readonly why: string };

const BROKE_OFF = "broke off its answer before its end";
const BAD_CALL = "could not put its tool call into words";

/** By the word in lower case, as far as the library does not sort it, or sorts it differently. */
const WORDS: { readonly [word: string]: Ending["means"] | { readonly why: string } } = {
  // Of servers that speak OpenAI's format in their own way.
  stop: "whole",
  eos: "whole",
  eos_token: "whole",
  stop_sequence: "whole",
  stop_token: "whole",
  end_turn: "whole",
  complete: "whole",
  completed: "whole",
  tool_call: "whole",
  tool_calls: "whole",
  tool_use: "whole",
  function_call: "whole",
  model_length: "length",
  max_tokens: "length",
  max_length: "length",
  max_output_tokens: "length",
  model_context_window_exceeded: "length",
  sensitive: "content-filter",
  safety: "content-filter",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  language: "content-filter",
  abort: { why: "aborted its answer in the middle" },
  aborted: { why: "aborted its answer in the middle" },
  cancelled: { why: "cancelled its answer in the middle" },
  canceled: { why: "cancelled its answer in the middle" },
  error: { why: "failed in the middle of its answer" },
  timeout: { why: "ran out of time in the middle of its answer" },
  network_error: { why: "lost a connection in the middle of its answer" },
  insufficient_system_resource: { why: "ran out of resources in the middle of its answer" },
  // Gemini's.
  malformed_function_call: { why: BAD_CALL },
  unexpected_tool_call: { why: BAD_CALL },
  too_many_tool_calls: { why: "called tools without an end" },
  malformed_response: { why: BROKE_OFF },
  missing_thought_signature: { why: BROKE_OFF },
  finish_reason_unspecified: { why: BROKE_OFF },
  other: { why: BROKE_OFF },
};

/** `sorted`: how the library sorts the end; `word`: the provider's own, if it gave one. */
export function endingOf(sorted: string, word: string | undefined): Ending {
  const known = word === undefined ? undefined : WORDS[word.toLowerCase()];
  if (typeof known === "object") return { means: "broken", why: known.why };
  if (sorted === "length" || sorted === "content-filter") return { means: sorted };
  if (sorted === "stop" || sorted === "tool-calls") return { means: "whole" };
  if (known === "whole" || known === "length" || known === "content-filter") return { means: known };
  if (sorted === "other" && word) return { means: "unknown", word };
  return { means: "broken", why: BROKE_OFF };
}
