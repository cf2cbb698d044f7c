import { expect, test } from "vitest";
import { overflowOf } from "./overflow.ts";

test.each([
  ["OpenAI", 400, "Your input exceeds the context window of this model. Please adjust your input and try again.", null],
  [
    "OpenAI, older",
    400,
    "This model's maximum context length is 8192 tokens, however you requested 8977 tokens (8577 in your prompt; 400 for the completion).",
    8192,
  ],
  ["OpenAI's code", 400, '{"error":{"message":"no","code":"context_length_exceeded"}}', null],
  ["Anthropic", 400, "prompt is too long: 213462 tokens > 200000 maximum", 200_000],
  [
    "Anthropic with an output",
    400,
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length",
    200_000,
  ],
  ["Gemini", 400, "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).", 1_048_575],
  ["xAI", 400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens.", 131_072],
  ["Groq", 400, "Please reduce the length of the messages or completion.", null],
  [
    "Groq, a minute's tokens",
    413,
    "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 7123, please reduce your message size and try again.",
    6000,
  ],
  [
    "OpenRouter",
    400,
    "This endpoint's maximum context length is 65,536 tokens. However, you requested about 90000 tokens",
    65_536,
  ],
  [
    "llama.cpp",
    400,
    '{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}',
    4096,
  ],
  [
    "LM Studio",
    400,
    "Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context length of only 7866 tokens, which is not enough.",
    7866,
  ],
  [
    "LM Studio, newer",
    400,
    "The number of tokens to keep from the initial prompt is greater than the context length.",
    null,
  ],
  ["MLX", 500, "Context size has been exceeded.", null],
  ["Ollama", 400, "prompt too long; exceeded max context length by 5000 tokens", null],
  [
    "vLLM",
    400,
    "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens.",
    4096,
  ],
  [
    "Mistral",
    400,
    "Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
    131_072,
  ],
  ["Together", 422, "The input (140000 tokens) is longer than the model's context length (131072 tokens).", 131_072],
  ["Bedrock", 400, "Input is too long for requested model.", null],
  ["MiniMax", 400, "invalid params, context window exceeds limit", null],
  ["Kimi", 400, "Your request exceeded model token limit: 262144 (requested: 300000)", 262_144],
  ["Qwen", 400, "Range of input length should be [1, 129024]", 129_024],
  ["SiliconFlow", 400, "length of prompt_tokens (163280) must be less than max_seq_len (32768).", 32_768],
  ["GitHub", 400, "prompt token count of 130000 exceeds the limit of 128000", 128_000],
  ["a proxy", 413, "<html>413 Request Entity Too Large</html>", null],
])("F87 %s says (%i) that the window is full", (_who, status, text, limit) => {
  expect(overflowOf(status, text)).toEqual({ limit });
});

test.each([
  [429, "Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000."],
  [429, "You exceeded your current quota, too many tokens per day"],
  [400, "max_tokens is too large: 100000. This model supports at most 16384 completion tokens"],
  [400, "Invalid schema for function 'note'"],
  [400, "string too long. Expected a string with maximum length 64"],
  [401, "Incorrect API key provided"],
])("F87 %i %s is another refusal", (status, text) => {
  expect(overflowOf(status, text)).toBeNull();
});
