/** The ways in which servers say that a conversation is too long for the model. Each with one that says so. */
const FULL: readonly RegExp[] = [
  /context[_ ](?:length|window)[_ ]exceeded|exceed_context_size/, // OpenAI's code, z.ai, llama.cpp's type
  /(?:prompt|input|request|conversation|messages?)(?: is|:| are)? too (?:long|large)/, // Anthropic, Bedrock, Groq, Ollama
  /\b(?:exceed(?:s|ed)?|(?:longer|greater|larger|more) than|beyond|overflows?|over)\b.{0,80}\b(?:context|model'?s?) ?(?:window|length|size|limit)/, // OpenAI, Together, LM Studio
  /maximum (?:context|prompt|input|model|allowed input) length/, // OpenAI, xAI, OpenRouter, vLLM, DeepSeek
  /context (?:window|length|size|limit).{0,40}(?:exceed|overflow|too small|is only|of only|was reached)/, // MiniMax, MLX
  /when context the overflows/, // LM Studio
  /input token count.{0,80}exceeds/, // Gemini
  /too large for model with \d+ maximum/, // Mistral
  /reduce (?:the length of|your) (?:the |your )?(?:messages|prompt|input|message size)/, // Groq
  /exceeded model token limit/, // Kimi
  /range of input length should be/, // Qwen
  /prompt token count.{0,40}exceeds/, // GitHub
  /length of prompt_tokens.{0,40}must be less/, // SiliconFlow
  /configured context size is/,
  /max_tokens`? exceed context limit/, // Anthropic
];

/** Looks like it, but is another thing: a limit of a time or of an output. */
const OTHER = /completion tokens|per (?:minute|hour|day)|rate.?limit|quota|\btp[md]\b|\brp[md]\b/;

const LIMITS: readonly RegExp[] = [
  /"n_ctx"\s*:\s*(\d+)/, // llama.cpp
  /maximum (?:context|prompt|input|model|allowed input) length (?:is|of) ([\d,_]+)/,
  /> ?([\d,_]+) maximum/, // Anthropic
  /exceeds? (?:the )?(?:context )?limit(?: of|:).{0,40}?> ([\d,_]+)/,
  /exceeds the maximum number of tokens allowed \(([\d,_]+)\)/, // Gemini
  /context length \(?(?:of only |is |of )?([\d,_]+)/, // LM Studio, Together
  /too large for model with ([\d,_]+) maximum/,
  /max_seq_len \(([\d,_]+)\)/,
  /should be \[\d+, ?([\d,_]+)\]/,
  /token limit: ([\d,_]+)/,
  /context size is ([\d,_]+)/,
  /exceeds the limit of ([\d,_]+)/,
  /\blimit ([\d,_]+), requested/, // Groq
];

export interface Overflow {
  /** Tokens that the server says it takes; null: it does not say. */
  readonly limit: number | null;
}

/** null: the refusal is about something else. `text`: all that the server said. */
export function overflowOf(status: number | null, text: string): Overflow | null {
  const said = text.toLowerCase();
  // A request that is bigger than a whole minute's tokens never passes as it is.
  const tooBig = status === 413 || /request too large/.test(said);
  const full = FULL.some((pattern) => pattern.test(said)) && !OTHER.test(said) && status !== 429;
  if (!tooBig && !full) return null;
  for (const pattern of LIMITS) {
    const limit = Number(pattern.exec(said)?.[1]?.replaceAll(/[,_]/g, ""));
    if (limit >= 256) return { limit };
  }
  return { limit: null };
}
