import { expect, test } from "vitest";
import { wordsIn } from "./provider-words.ts";

test.each([
  [
    "OpenAI",
    '{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}',
    "No such model",
  ],
  ["Anthropic", '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "Overloaded"],
  [
    "Gemini",
    '{"error":{"code":403,"message":"Generative API is not enabled","status":"PERMISSION_DENIED"}}',
    "Generative API is not enabled",
  ],
  [
    "Gemini, in OpenAI's format",
    '[{"error":{"code":400,"message":"Bad role","status":"INVALID_ARGUMENT"}}]',
    "Bad role",
  ],
  ["Ollama", '{"error":"model \'x\' not found"}', "model 'x' not found"],
  [
    "vLLM",
    '{"object":"error","message":"roles must alternate","type":"BadRequestError","code":400}',
    "roles must alternate",
  ],
  [
    "Mistral",
    '{"object":"error","message":{"detail":[{"loc":["body","messages"],"msg":"Extra inputs are not permitted"}]}}',
    "body.messages: Extra inputs are not permitted",
  ],
  [
    "FastAPI",
    '{"detail":[{"loc":["body","model"],"msg":"field required","type":"value_error"}]}',
    "body.model: field required",
  ],
  ["FastAPI, short", '{"detail":"Not authenticated"}', "Not authenticated"],
  [
    "Cloudflare",
    '{"success":false,"errors":[{"code":7003,"message":"No route for that URI"}]}',
    "No route for that URI",
  ],
  [
    "a problem document",
    '{"title":"Forbidden","detail":"Your plan has no access","status":403}',
    "Your plan has no access",
  ],
  ["MiniMax", '{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}', "insufficient balance"],
  [
    "OpenRouter",
    '{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"glm is rate-limited upstream","provider_name":"X"}}}',
    "Provider returned error: glm is rate-limited upstream",
  ],
  [
    "OpenRouter, JSON in it",
    '{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\\"error\\":{\\"message\\":\\"No tools\\"}}"}}}',
    "Provider returned error: No tools",
  ],
  [
    "OpenRouter's moderation",
    '{"error":{"code":403,"message":"Input was flagged","metadata":{"reasons":["violence"]}}}',
    "Input was flagged: violence",
  ],
  ["a proxy with JSON in its message", '{"error":{"message":"{\\"error\\":{\\"message\\":\\"quota\\"}}"}}', "quota"],
  ["a page", "<html><head><title>403 Forbidden</title></head><body>cloudflare</body></html>", "403 Forbidden"],
  ["text", "upstream connect error", "upstream connect error"],
  ["text that looks like JSON", "{oops", "{oops"],
  ["a frame", 'data:{"error":{"message":"Moderation Block"}}', "Moderation Block"],
  ["nothing", "", ""],
  ["JSON without words", '{"a":1}', ""],
])("F91 the words of %s are found", (_who, body, message) => {
  expect(wordsIn(body).message).toBe(message);
});

test("F91 codes and a status inside are found too", () => {
  const body = '{"error":{"message":"x","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}';
  expect(wordsIn(body)).toMatchObject({ kind: "invalid_request_error tool_use_failed", status: 400 });
});
