import { createServer } from "node:http";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openModel } from "./open.ts";
import { probeModel } from "./probe.ts";
import { selectModel } from "./select.ts";
import { onLoopback } from "../../test/kit/loopback.ts";

const KEY = "sk-secret-0123456789";
const provider = new LLMock({ port: 0 });
beforeAll(() => provider.start());
afterEach(() => provider.reset());
afterAll(() => provider.stop());

function probe(model: string, url = provider.url, limitMs = 10_000) {
  const providers = {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: url,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: url,
    GEMINI_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_BASE_URL: url,
  };
  return probeModel(openModel(selectModel({ model, modelUrl: url, providers })), limitMs);
}

test.each([
  ["openai/gpt-5.4", { input_tokens: 14, output_tokens: 1 }],
  ["anthropic/claude-sonnet-4-6", { input_tokens: 14, output_tokens: 1 }],
  ["google/gemini-2.5-flash", { promptTokenCount: 14, candidatesTokenCount: 1 }],
  ["compatible/some-model", { prompt_tokens: 14, completion_tokens: 1 }],
])("%s answers: with what it said, its time and its tokens", async (model, usage) => {
  provider.on({ userMessage: "ok" }, { content: "ok", usage });
  const found = await probe(model);
  expect(found).toMatchObject({ model, ok: true, code: null, message: "ok", inputTokens: 14, outputTokens: 1 });
  expect(found.durationMs).toBeGreaterThan(0);
  expect(provider.getRequests()).toHaveLength(1);
});

test.each([
  [401, "model_auth", "set OPENAI_API_KEY to a valid one"],
  [404, "model_not_found", 'does not know the model "gpt-5.4"'],
  [429, "model_rate_limited", "limits the rate"],
  [500, "model_overloaded", "cannot answer now"],
])("an answer of %i is %s, and says what to do", async (status, code, says) => {
  provider.on({ userMessage: "ok" }, { error: { message: `no, ${KEY}`, type: "error" }, status });
  const found = await probe("openai/gpt-5.4");
  expect(found).toMatchObject({ ok: false, code });
  expect(found.message).toContain(says);
  expect(JSON.stringify(found)).not.toContain(KEY);
});

test("nobody listens there", async () => {
  const found = await probe("compatible/some-model", "http://127.0.0.1:1");
  expect(found).toMatchObject({ ok: false, code: "model_unreachable" });
  expect(found.message).toContain("http://127.0.0.1:1");
});

test("a server that is silent is given up at the limit", async () => {
  const server = createServer(() => {});
  const url = await onLoopback(server);
  const found = await probe("openai/gpt-5.4", url, 200);
  expect(found).toMatchObject({ ok: false, code: "model_timeout", message: expect.stringContaining("within 0.2 s") });
});

test("the demo model needs nothing", async () => {
  expect(await probe("demo")).toMatchObject({ model: "demo", ok: true, code: null });
});

test("an answer without a word is none", async () => {
  provider.on({ userMessage: "ok" }, { content: "", reasoning: "They want a word." });
  expect(await probe("compatible/some-model")).toMatchObject({ ok: false, code: "model_bad_response" });
});
