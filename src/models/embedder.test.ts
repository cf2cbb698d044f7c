import { expect, test } from "vitest";
import { DIMENSIONS, embeddingServer, vectorOf, type Conduct } from "../../test/kit/embedding-server.ts";
import { loadConfig } from "../config.ts";
import { openEmbedder } from "./embedder.ts";
import type { ModelSettings } from "./select.ts";

const KEY = "test-key-000000";

const settings = (url: string): ModelSettings => ({
  model: null,
  modelUrl: url,
  providers: {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: url,
    GEMINI_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_BASE_URL: url,
    OLLAMA_BASE_URL: url,
    SPARKY_MODEL_KEY: KEY,
  },
});

const never = new AbortController().signal;

test.each([
  ["openai/text-embedding-3-small", "/v1/embeddings", "text-embedding-3-small", 512, "dog"],
  ["openai/text-embedding-ada-002", "/v1/embeddings", "text-embedding-ada-002", null, "dog"],
  ["compatible/any", "/v1/embeddings", "any", null, "dog"],
  ["ollama/nomic-embed-text", "/v1/embeddings", "nomic-embed-text", null, "search_query: dog"],
  [
    "google/gemini-embedding-001",
    "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    "models/gemini-embedding-001 RETRIEVAL_QUERY",
    768,
    "dog",
  ],
])("%s is asked at its own address, with its key, in its own way", async (asked, path, model, dimensions, first) => {
  const server = await embeddingServer();
  const made = await openEmbedder(() => settings(server.url), asked).embed(["dog", "cat"], "query", never);
  expect(server.requests).toMatchObject([{ path, model, dimensions }]);
  expect(server.requests[0]?.key).toContain(KEY);
  expect(server.requests[0]?.texts[0]).toBe(first);
  const length = dimensions ?? DIMENSIONS;
  expect("vectors" in made && made.vectors[0]).toEqual(vectorOf(first, length));
  expect("vectors" in made && made.vectors).toHaveLength(2);
});

test.each<readonly [string, Conduct, object]>([
  ["dies", { do: "cut" }, { refused: false, why: expect.stringMatching(/cannot be reached|broke off/) }],
  ["is overloaded", { do: "answer", status: 503, body: "{}" }, { refused: false, why: expect.stringContaining("503") }],
  [
    "refuses the key",
    { do: "answer", status: 401, body: '{"error":{"message":"bad key"}}' },
    { refused: false, why: expect.stringContaining("refused the key") },
  ],
  [
    "does not know the model",
    { do: "answer", status: 404, body: '{"error":{"message":"no such model"}}' },
    { refused: false, why: expect.stringContaining("check SPARKY_EMBEDDING_MODEL") },
  ],
  [
    "refuses the texts",
    { do: "answer", status: 400, body: '{"error":{"message":"input is too long"}}' },
    { refused: true, why: expect.any(String) },
  ],
  [
    "sends a page",
    { do: "answer", body: "<html>hello</html>" },
    { refused: false, why: expect.stringContaining("cannot be read") },
  ],
  [
    "sends what is no number",
    { do: "answer", body: '{"data":[{"embedding":[1,NaN]}]}' },
    { refused: false, why: expect.stringContaining("cannot be read") },
  ],
  [
    "sends no end of it",
    { do: "answer", body: `{"data":[{"embedding":[${"1,".repeat(9_000_000)}1]}]}` },
    { refused: false, why: expect.stringContaining("more than 16 MB") },
  ],
])("a server that %s is told in words", async (_, conduct, expected) => {
  const server = await embeddingServer();
  server.behave(() => conduct);
  const made = await openEmbedder(() => settings(server.url), "compatible/any").embed(["dog"], "text", never);
  expect(made).toMatchObject(expected);
  expect(JSON.stringify(made)).not.toContain(KEY);
});

test("a server that says nothing is waited for as long as one wishes", async () => {
  const server = await embeddingServer();
  server.behave(() => ({ do: "silence" }));
  const stop = new AbortController();
  const made = openEmbedder(() => settings(server.url), "compatible/any").embed(["dog"], "text", stop.signal);
  await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBe(1);
  stop.abort();
  expect(await made).toMatchObject({ refused: false, why: expect.stringContaining("not waited for") });
});

test("another server under the same name is another model, and a key that is taken away is told", async () => {
  let now = settings("http://127.0.0.1:1");
  const embedder = openEmbedder(() => now, "compatible/any");
  expect(embedder.model).toBe("compatible/any at http://127.0.0.1:1");
  now = settings("http://127.0.0.1:2");
  expect(embedder.model).toBe("compatible/any at http://127.0.0.1:2");
  expect(openEmbedder(() => ({ ...now, providers: {} }), "ollama/any").model).toBe("ollama/any");
  const keyless = openEmbedder(() => ({ ...now, providers: {} }), "openai/any");
  expect(await keyless.embed(["dog"], "text", never)).toMatchObject({
    why: 'SPARKY_EMBEDDING_MODEL is "openai/any", but OPENAI_API_KEY is not set',
  });
});

test.each(["text-embedding-3-small", "anthropic/claude-sonnet-5-5", "demo", "openai/a b", "/x"])(
  "SPARKY_EMBEDDING_MODEL=%s is refused with what to set",
  (asked) => {
    expect(() => loadConfig({ HOME: "/nobody", SPARKY_EMBEDDING_MODEL: asked })).toThrowError(
      expect.objectContaining({
        code: "invalid_input",
        message: `SPARKY_EMBEDDING_MODEL is ${JSON.stringify(asked)}, which is not allowed`,
        hint: expect.stringContaining("PROVIDER is one of openai, google"),
      }),
    );
  },
);
