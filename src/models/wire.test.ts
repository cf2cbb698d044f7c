import { LLMock } from "@copilotkit/aimock";
import type { ModelMessage } from "ai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readAll } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import type { StepChunk, StepRequest, ToolSpec } from "./model.ts";
import { openModel } from "./open.ts";
import { png } from "../../test/kit/files.ts";
import { takesImages } from "./sight.ts";
import { estimateJson } from "./tokens.ts";
import { selectModel, type ModelSettings } from "./select.ts";

/** Each provider over its real wire format, answered by a scripted server on loopback. */

const KEY = "test-key-000000";
const TOKENS = { input_tokens: 40, output_tokens: 7 };
const WIRES = [
  { wire: "openai", model: "openai/gpt-5.4", usage: TOKENS },
  { wire: "anthropic", model: "anthropic/claude-sonnet-4-6", usage: TOKENS },
  { wire: "google", model: "google/gemini-2.5-flash", usage: { promptTokenCount: 40, candidatesTokenCount: 7 } },
  { wire: "compatible", model: "compatible/some-model", usage: { prompt_tokens: 40, completion_tokens: 7 } },
];

const settings = (model: string, url: string): ModelSettings => ({
  model,
  modelUrl: url,
  providers: {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: url,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: url,
    GEMINI_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_BASE_URL: url,
    SPARKY_MODEL_KEY: KEY,
    OPENROUTER_API_KEY: KEY,
  },
});

const TOOLS: readonly ToolSpec[] = [
  {
    name: "graph_stats",
    description: "Counts nodes and edges",
    effect: "read",
    parameters: { type: "object", properties: {} },
  },
  {
    name: "file_read",
    description: "Reads a file",
    effect: "read",
    parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
];

const server = new LLMock({ port: 0 });
beforeAll(() => server.start());
afterEach(() => server.reset());
afterAll(() => server.stop());

const request = (messages: readonly ModelMessage[], tools = TOOLS): StepRequest => ({
  instructions: "You are Sparky.",
  messages,
  tools,
  signal: new AbortController().signal,
});

async function collect(chunks: AsyncIterable<StepChunk>) {
  const parts: { kind: string; text: string; pieces: number }[] = [];
  let finish: Extract<StepChunk, { type: "finish" }> | undefined;
  for await (const chunk of chunks) {
    expect(finish, "nothing follows the last chunk").toBeUndefined();
    const last = parts.at(-1);
    if (chunk.type === "part") parts.push({ kind: chunk.kind, text: "", pieces: 0 });
    else if (chunk.type === "finish") finish = chunk;
    else if (last !== undefined)
      parts.splice(-1, 1, { ...last, text: last.text + chunk.text, pieces: last.pieces + 1 });
  }
  if (finish === undefined) throw new Error("the step had no last chunk");
  return { parts, finish };
}

const user = (text: string): ModelMessage => ({ role: "user", content: text });
const lastBody = (): string => JSON.stringify(server.getLastRequest()?.body);

test.each(WIRES)("text and reasoning stream from $wire", async ({ model, usage }) => {
  const text = "The graph is small and healthy, as far as I can see.";
  const answer = { content: text, reasoning: "Let me think about it.", usage };
  server.onMessage("hello", answer, { chunkSize: 10 });
  const opened = openModel(selectModel(settings(model, server.url)));
  const { parts, finish } = await collect(opened.step(request([user("hello there")])));
  expect(parts.map(({ kind, text }) => ({ kind, text }))).toEqual([
    { kind: "thought", text: "Let me think about it." },
    { kind: "message", text },
  ]);
  expect(parts[1]?.pieces).toBeGreaterThan(2);
  expect(finish.reason).toBe("stop");
  expect(finish.toolCalls).toEqual([]);
  expect(finish.usage).toMatchObject({ inputTokens: 40, outputTokens: 7 });
  expect(JSON.stringify(finish.messages)).toContain(text);
});

test.each(WIRES)("a picture goes to $wire as one, and counts as one", async ({ model }) => {
  const picture = png(2, 3);
  const content = [
    { type: "text" as const, text: "look" },
    { type: "file" as const, mediaType: "image/png", data: new Uint8Array(picture) },
  ];
  const bodies: string[] = [];
  // The scripted server reads pictures away.
  const refusing = createServer((incoming, outgoing) => {
    void readAll(incoming).then((body) => {
      bodies.push(body);
      outgoing.writeHead(401, { "content-type": "application/json" }).end('{"error":{"message":"no"}}');
    });
  });
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void refusing.close());
  const { port } = refusing.address() as AddressInfo;
  const opened = openModel(selectModel(settings(model, `http://127.0.0.1:${port}`)));
  await expect(collect(opened.step(request([{ role: "user", content }])))).rejects.toThrow();
  expect(bodies[0]).toContain(picture.toString("base64"));
  expect(bodies[0]).toContain("image/png");
  expect(estimateJson([{ role: "user", content }])).toBeLessThan(1700);
});

test.each([
  "Could not process image",
  "Unable to process input image. Please retry",
  "You uploaded an unsupported image. Please make sure your image is valid.",
])("a picture that cannot be read (%s) is left out of that request alone", async (message) => {
  const broken = png(4, 4).toString("base64");
  server.on(
    { userMessage: "broken", predicate: (asked: unknown) => JSON.stringify(asked).includes("image_url") },
    { error: { message, type: "invalid_request_error" }, status: 400 },
  );
  server.onMessage(/broken|whole/, { content: "Well." });
  const model = openModel(selectModel(settings("compatible/some-model", `${server.url}/v1`)));
  const ask = async (text: string, data: Buffer) => {
    const file = { type: "file" as const, mediaType: "image/png", data: new Uint8Array(data) };
    for await (const _ of model.step(request([{ role: "user", content: [{ type: "text", text }, file] }])));
    return lastBody();
  };
  expect(await ask("broken", png(4, 4))).not.toContain(broken);
  const whole = png(2, 3);
  expect(await ask("whole", whole)).toContain(whole.toString("base64"));
});

test("a server that takes no pictures is asked again without them", async () => {
  const refuse = {
    error: { message: "this model does not support image input", type: "invalid_request_error" },
    status: 400,
  };
  server.on(
    { userMessage: "blind", predicate: (asked: unknown) => JSON.stringify(asked).includes("image_url") },
    refuse,
  );
  server.onMessage("blind", { content: "I cannot see it" });
  const opened = openModel(selectModel(settings("compatible/m", server.url)));
  const content = [
    { type: "text" as const, text: "blind" },
    { type: "file" as const, mediaType: "image/png", data: new Uint8Array(png(1, 1)) },
  ];
  const { parts } = await collect(opened.step(request([{ role: "user", content }])));
  expect(parts.at(-1)?.text).toBe("I cannot see it");
  expect(lastBody()).toContain("You cannot look at this picture");
});

test.each([
  ["anthropic/claude-sonnet-5-5", true],
  ["openai/gpt-6-astra", true],
  ["openai/o3-mini", false],
  ["openai/gpt-3.5-turbo", false],
  ["google/gemini-4-argon", true],
  ["ollama/llama3.2", false],
  ["ollama/llama3.2-vision:11b", true],
  ["ollama/qwen2.5vl:7b", true],
  ["ollama/qwen3-vl", true],
  ["ollama/gemma3:4b", true],
  ["ollama/gpt-oss:20b", false],
  ["compatible/m", false],
  ["openrouter/anthropic/claude-sonnet-5", true],
  ["openrouter/deepseek/deepseek-chat", false],
])("whether %s takes pictures is known: %s", (model, takes) => {
  const choice = selectModel({ ...settings(model, "http://127.0.0.1:9"), model });
  expect([takesImages(choice, null), takesImages(choice, true), takesImages(choice, false)]).toEqual([
    takes,
    true,
    false,
  ]);
});

test.each(WIRES)("parallel tool calls of $wire are answered under our own ids in the next step", async ({ model }) => {
  const calls = [
    { name: "graph_stats", arguments: "{}", id: "call_a" },
    { name: "file_read", arguments: JSON.stringify({ path: "notes.md" }), id: "call_b" },
  ];
  server.on({ userMessage: "both", hasToolResult: false }, { toolCalls: calls, reasoning: "I need two tools." });
  server.on({ userMessage: "both", hasToolResult: true }, { content: "12 nodes; the notes say hi." });
  const opened = openModel(selectModel(settings(model, server.url)));

  const first = await collect(opened.step(request([user("both please")])));
  expect(first.finish.reason).toBe("tool-calls");
  if (model.startsWith("anthropic")) expect(JSON.stringify(first.finish.messages)).toContain("signature");
  expect(first.finish.toolCalls.map(({ name, args }) => ({ name, args }))).toEqual([
    { name: "graph_stats", args: {} },
    { name: "file_read", args: { path: "notes.md" } },
  ]);

  // As the run does: provider ids become ours, in the messages too, and the whole goes through a database as JSON.
  const ours = new Map(first.finish.toolCalls.map((call, n) => [call.providerCallId, `${"0123456789abcdefghj"}${n}`]));
  let stored = JSON.stringify(first.finish.messages);
  for (const [theirs, own] of ours) stored = stored.replaceAll(JSON.stringify(theirs), JSON.stringify(own));
  const history: ModelMessage[] = [
    user("both please"),
    ...(JSON.parse(stored) as ModelMessage[]),
    {
      role: "tool",
      content: first.finish.toolCalls.map((call) => ({
        type: "tool-result",
        toolCallId: ours.get(call.providerCallId) ?? "",
        toolName: call.name,
        output: { type: "json", value: { of: call.name } },
      })),
    },
  ];
  const second = await collect(opened.step(request(history)));
  expect(second.parts.at(-1)?.text).toBe("12 nodes; the notes say hi.");

  const sent = lastBody();
  expect(sent).toContain("file_read");
  expect(sent).not.toContain("item_reference");
  for (const [theirs, own] of ours) {
    expect(sent).not.toContain(theirs);
    // Gemini pairs by name and order; the others by id.
    if (!model.startsWith("google")) expect(sent.split(own).length - 1).toBe(2);
  }
});

test("the reasoning of OpenAI comes encrypted, to be sent back, because nothing is stored there", async () => {
  server.on(
    { userMessage: "stats", hasToolResult: false },
    { toolCalls: [{ name: "graph_stats", arguments: "{}" }], reasoning: "Hm." },
  );
  const opened = openModel(selectModel(settings("openai/gpt-5.4", server.url)));
  const { finish } = await collect(opened.step(request([user("stats")])));
  expect(JSON.stringify(finish.messages)).toContain("reasoningEncryptedContent");
});

test("arguments that are not JSON arrive as the text that they are, without a result of the library's own", async () => {
  server.onMessage("stats", { toolCalls: [{ name: "file_read", arguments: '{"path": ' }] });
  const opened = openModel(selectModel(settings("compatible/m", server.url)));
  const { finish } = await collect(opened.step(request([user("stats")])));
  expect(finish.toolCalls).toMatchObject([{ name: "file_read", args: '{"path": ' }]);
  expect(finish.messages.map((message) => message.role)).toEqual(["assistant"]);
});

test("a call of a tool that does not exist arrives as it was asked for", async () => {
  server.onMessage("stats", { toolCalls: [{ name: "no_such_tool", arguments: '{"a":1}' }] });
  const opened = openModel(selectModel(settings("anthropic/claude-sonnet-4-6", server.url)));
  const { finish } = await collect(opened.step(request([user("stats")], [])));
  expect(finish.toolCalls).toMatchObject([{ name: "no_such_tool", args: { a: 1 } }]);
});
