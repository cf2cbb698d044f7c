import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { Deadlines } from "./deadlines.ts";
import { ModelError, type StepChunk } from "./model.ts";
import { openModel } from "./open.ts";
import { selectModel } from "./select.ts";
import { onLoopback } from "../../test/kit/loopback.ts";

/** Providers that fail, byte by byte: what a scripted provider of a library cannot be made to send. */

const KEY = "sk-secret-0123456789";
const MODELS = {
  openai: "openai/gpt-5.4",
  anthropic: "anthropic/claude-sonnet-4-6",
  google: "google/gemini-2.5-flash",
  compatible: "compatible/some-model",
} as const;
type Wire = keyof typeof MODELS;
const WIRES: readonly Wire[] = ["openai", "anthropic", "google", "compatible"];

type Handler = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

async function provider(handler: Handler): Promise<string> {
  const server = createServer((request, response) => void handler(response, request));
  return onLoopback(server);
}

const QUICK: Deadlines = { firstChunkMs: 150, chunkMs: 150 };

function open(wire: Wire, url: string, deadlines?: Deadlines) {
  const providers = {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: url,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: url,
    GEMINI_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_BASE_URL: url,
    SPARKY_MODEL_KEY: KEY,
  };
  const choice = selectModel({ model: MODELS[wire], modelUrl: url, providers });
  return openModel(choice, deadlines === undefined ? {} : { deadlines });
}

async function outcome(wire: Wire, url: string, deadlines?: Deadlines, signal = new AbortController().signal) {
  const chunks: StepChunk[] = [];
  const request = {
    instructions: "Be brief.",
    messages: [{ role: "user" as const, content: "hello" }],
    tools: [],
    signal,
  };
  try {
    for await (const chunk of open(wire, url, deadlines).step(request)) chunks.push(chunk);
  } catch (error) {
    return { chunks, error };
  }
  return { chunks, error: null };
}

async function failure(wire: Wire, handler: Handler, deadlines?: Deadlines) {
  const { chunks, error } = await outcome(wire, await provider(handler), deadlines);
  expect(chunks.map((chunk) => chunk.type)).not.toContain("finish");
  if (!(error instanceof ModelError)) throw new Error("no ModelError", { cause: error });
  // No key in the message or in what a log would print of the cause.
  expect(`${error.message} ${inspect(error, { depth: 9 })}`).not.toContain(KEY);
  return { error, chunks };
}

const answer =
  (status: number, body: unknown = { error: { message: `no (${status}), key ${KEY}` } }, headers = {}): Handler =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

const each = WIRES.map((wire) => ({ wire }));

test.each(
  WIRES.flatMap((wire) => [
    { wire, status: 401, code: "model_auth", retryable: false },
    { wire, status: 403, code: "model_auth", retryable: false },
    { wire, status: 404, code: "model_not_found", retryable: false },
    { wire, status: 400, code: "model_bad_request", retryable: false },
    { wire, status: 429, code: "model_rate_limited", retryable: true },
    { wire, status: 500, code: "model_overloaded", retryable: true },
    { wire, status: 529, code: "model_overloaded", retryable: true },
  ]),
)("$status from $wire is $code", async ({ wire, status, code, retryable }) => {
  const { error } = await failure(wire, answer(status));
  expect(error).toMatchObject({ code, retryable });
});

test.each([
  { wire: "openai", variable: "OPENAI_API_KEY" },
  { wire: "anthropic", variable: "ANTHROPIC_API_KEY" },
  { wire: "google", variable: "GOOGLE_GENERATIVE_AI_API_KEY" },
  { wire: "compatible", variable: "SPARKY_MODEL_KEY" },
] as const)("a refused key of $wire names $variable", async ({ wire, variable }) => {
  const { error } = await failure(wire, answer(401));
  expect(error.message).toContain(variable);
});

test("Google says 400 to a bad key", async () => {
  const body = {
    error: { code: 400, message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" },
  };
  const { error } = await failure("google", answer(400, body));
  expect(error.code).toBe("model_auth");
});

test("an account without credit is not asked again", async () => {
  const body = {
    error: { message: "You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota" },
  };
  const { error } = await failure("openai", answer(429, body));
  expect(error).toMatchObject({ code: "model_rate_limited", retryable: false });
});

test.each([
  { after: "7", ms: 7000 },
  { after: "0.5", ms: 500 },
])("Retry-After: $after asks for $ms ms", async ({ after, ms }) => {
  const { error } = await failure("anthropic", answer(429, undefined, { "retry-after": after }));
  expect(error.retryAfterMs).toBe(ms);
});

test.each(Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2026, month, 7, 12)).toUTCString()))(
  "Retry-After may be a date: a minute behind %s",
  async (date) => {
    const after = new Date(Date.parse(date) + 60_000).toUTCString();
    const { error } = await failure("openai", answer(503, undefined, { date, "retry-after": after }));
    expect(error.retryAfterMs).toBe(60_000);
  },
);

test("Retry-After may be a date, and its answer without one", async () => {
  const after = new Date(Date.now() + 60_000).toUTCString();
  const { error } = await failure("openai", answer(503, undefined, { "retry-after": after }));
  expect(error.retryAfterMs).toBeGreaterThan(50_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
});

test.each(each)("an HTML page instead of a stream from $wire is a bad response", async ({ wire }) => {
  const { error } = await failure(
    wire,
    (response) => void response.writeHead(200).end("<html>Welcome to nginx</html>"),
  );
  expect(error).toMatchObject({ code: "model_bad_response", retryable: false });
  expect(error.message).toContain("Welcome to nginx");
});

const sse = (...events: unknown[]): string =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");

/** The beginning of an answer, with the words "Half an". */
const HALF: { readonly [W in Wire]: string } = {
  openai: sse(
    { type: "response.created", response: { id: "r", created_at: 1, model: "gpt-5.4" } },
    { type: "response.output_item.added", output_index: 0, item: { type: "message", id: "m" } },
    { type: "response.output_text.delta", item_id: "m", delta: "Half an" },
  ),
  anthropic: sse(
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "c",
        content: [],
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Half an" } },
  ),
  google: sse({ candidates: [{ content: { role: "model", parts: [{ text: "Half an" }] }, index: 0 }] }),
  compatible: sse({ id: "c", model: "m", choices: [{ index: 0, delta: { role: "assistant", content: "Half an" } }] }),
};

const ERROR_FRAME: { readonly [W in Wire]: string } = {
  openai: sse({
    type: "error",
    sequence_number: 3,
    error: { type: "server_error", code: "server_error", message: "boom" },
  }),
  anthropic: sse({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
  google: sse({ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }),
  compatible: sse({ error: { message: "boom", type: "server_error", code: 500 } }),
};

const stream = (response: ServerResponse, body: string): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(body);
};
const textOf = (chunks: readonly StepChunk[]): string =>
  chunks.map((chunk) => (chunk.type === "text" ? chunk.text : "")).join("");

test.each(each)(
  "a stream of $wire that ends without its end is a failed step, not a completed one (F48)",
  async ({ wire }) => {
    const { error, chunks } = await failure(wire, (response) => {
      stream(response, HALF[wire]);
      response.end();
    });
    expect(textOf(chunks)).toBe("Half an");
    expect(error).toMatchObject({ code: "model_bad_response", retryable: true });
  },
);

test.each(each)("a connection of $wire cut in the middle is a failed step (F48)", async ({ wire }) => {
  const { error, chunks } = await failure(wire, (response) => {
    stream(response, HALF[wire]);
    setTimeout(() => response.destroy(), 30);
  });
  expect(textOf(chunks)).toBe("Half an");
  expect(error.retryable).toBe(true);
  expect(["model_unreachable", "model_bad_response"]).toContain(error.code);
});

test.each(each)("an error inside the stream of $wire is a failed step (F48)", async ({ wire }) => {
  const { error } = await failure(wire, (response) => {
    stream(response, HALF[wire] + ERROR_FRAME[wire]);
    response.end();
  });
  expect(error.retryable).toBe(true);
  expect(["model_overloaded", "model_bad_response"]).toContain(error.code);
});

test.each(each)("garbage inside the stream of $wire is a failed step", async ({ wire }) => {
  const { error } = await failure(wire, (response) => {
    stream(response, `${HALF[wire]}data: {"not json\n\n`);
    response.end();
  });
  expect(error).toMatchObject({ code: "model_bad_response", retryable: true });
});

test.each(each)("a provider $wire that closes without a word cannot be reached", async ({ wire }) => {
  const { error } = await failure(wire, (response) => void response.destroy());
  expect(error).toMatchObject({ code: "model_unreachable", retryable: true });
});

test("nobody listens at the address", async () => {
  const { error } = await outcome("compatible", "http://127.0.0.1:1");
  expect(error).toMatchObject({ code: "model_unreachable", retryable: true });
  expect(String(error)).toContain("http://127.0.0.1:1");
});

test.each(each)("a $wire that never answers meets the first deadline", async ({ wire }) => {
  const { error } = await failure(wire, () => {}, QUICK);
  expect(error).toMatchObject({ code: "model_timeout", retryable: true });
});

test.each(each)("a $wire that falls silent meets the second deadline", async ({ wire }) => {
  const { error, chunks } = await failure(wire, (response) => stream(response, HALF[wire]), QUICK);
  expect(textOf(chunks)).toBe("Half an");
  expect(error).toMatchObject({ code: "model_timeout", retryable: true });
});

test.each(each)(
  "a stop in the middle ends the request to $wire, with the stop's own reason (F26)",
  async ({ wire }) => {
    const control = new AbortController();
    const reason = new Error("stopped by Ann");
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const url = await provider((response) => {
      response.on("close", () => resolve());
      stream(response, HALF[wire]);
      setTimeout(() => control.abort(reason), 50);
    });
    const { error } = await outcome(wire, url, undefined, control.signal);
    expect(error).toBe(reason);
    await closed;
  },
);

test("a reader that leaves early ends the request", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const url = await provider((response) => {
    response.on("close", () => resolve());
    stream(response, HALF.anthropic);
  });
  const request = {
    instructions: "",
    messages: [{ role: "user" as const, content: "x" }],
    tools: [],
    signal: new AbortController().signal,
  };
  for await (const chunk of open("anthropic", url).step(request)) if (chunk.type === "text") break;
  await closed;
});

test("OpenAI is asked to store nothing, and an account that may not see summaries gets its answer without them", async () => {
  const bodies: string[] = [];
  const done = sse(
    { type: "response.output_item.done", output_index: 0, item: { type: "message", id: "m" } },
    { type: "response.completed", response: { usage: { input_tokens: 5, output_tokens: 2 } } },
  );
  const url = await provider(async (response, request) => {
    bodies.push(await text(request));
    if (bodies.length === 1) {
      const message = "Your organization must be verified to generate reasoning summaries.";
      await answer(400, { error: { message, type: "invalid_request_error", param: "reasoning.summary" } })(
        response,
        request,
      );
      return;
    }
    stream(response, HALF.openai + done);
    response.end();
  });
  const { error, chunks } = await outcome("openai", url);
  expect(error).toBeNull();
  expect(textOf(chunks)).toBe("Half an");
  expect(chunks.at(-1)).toMatchObject({ type: "finish", reason: "stop", usage: { inputTokens: 5, outputTokens: 2 } });
  const sent = bodies.map((body): unknown => JSON.parse(body));
  expect(sent).toMatchObject([
    { store: false, include: ["reasoning.encrypted_content"], reasoning: { summary: "auto" } },
    { store: false, include: ["reasoning.encrypted_content"] },
  ]);
  expect(bodies[1]).not.toContain("summary");
});

test("a call goes back to OpenAI under its call id alone: no id of an item there, no reference to one", async () => {
  let body = "";
  const url = await provider(async (response, request) => {
    body = await text(request);
    stream(
      response,
      HALF.openai + sse({ type: "response.completed", response: { usage: { input_tokens: 5, output_tokens: 2 } } }),
    );
    response.end();
  });
  const callId = "0123456789abcdefghjk";
  const reasoning = { openai: { itemId: "rs_1", reasoningEncryptedContent: "sealed" } };
  const request = {
    instructions: "",
    messages: [
      { role: "user" as const, content: "stats" },
      {
        role: "assistant" as const,
        content: [
          { type: "reasoning" as const, text: "Hm.", providerOptions: reasoning },
          {
            type: "tool-call" as const,
            toolCallId: callId,
            toolName: "graph_stats",
            input: {},
            providerOptions: { openai: { itemId: "fc_1" } },
          },
        ],
      },
      {
        role: "tool" as const,
        content: [
          {
            type: "tool-result" as const,
            toolCallId: callId,
            toolName: "graph_stats",
            output: { type: "json" as const, value: { nodes: 1 } },
          },
        ],
      },
    ],
    tools: [
      {
        name: "graph_stats",
        description: "Counts",
        effect: "read" as const,
        parameters: { type: "object", properties: {} },
      },
    ],
    signal: new AbortController().signal,
  };
  for await (const chunk of open("openai", url).step(request)) expect(chunk).toBeDefined();
  const { input } = JSON.parse(body) as { input: { type?: string }[] };
  expect(input.filter((item) => item.type !== undefined)).toMatchObject([
    { type: "reasoning", encrypted_content: "sealed" },
    { type: "function_call", call_id: callId, name: "graph_stats" },
    { type: "function_call_output", call_id: callId },
  ]);
  expect(body).not.toContain("item_reference");
  expect(body).not.toContain("fc_1");
});

const beat = (response: ServerResponse, text: string, everyMs: number): void => {
  const timer = setInterval(() => response.write(text), everyMs);
  response.on("close", () => clearInterval(timer));
};

test.each([{ wire: "compatible" }, { wire: "anthropic" }] as const)(
  "F92 keep-alives of $wire while a big call is built are signs of life",
  async ({ wire }) => {
    const limits = { firstChunkMs: 1500, chunkMs: 1500 };
    const url = await provider((response) => {
      stream(response, HALF[wire]);
      beat(response, ": still here\n\n", 50);
      setTimeout(() => response.destroy(), 2500);
    });
    const { error, chunks } = await outcome(wire, url, limits);
    expect(textOf(chunks)).toBe("Half an");
    // It ended by its own end, long after the deadline.
    expect(error).not.toMatchObject({ code: "model_timeout" });
  },
);

const PATIENT: Deadlines = { firstChunkMs: 60_000, chunkMs: 60_000 };

/** As much as is taken of it, to no end. */
function pour(response: ServerResponse, text: string): void {
  const more = (): void => {
    while (!response.destroyed && response.write(text));
  };
  response.on("drain", more);
  more();
}

test.each(each)("a frame of $wire that has no end is given up before it fills the memory", async ({ wire }) => {
  const { error } = await failure(
    wire,
    (response) => {
      stream(response, `${HALF[wire]}data: {"text":"`);
      pour(response, "x".repeat(16_384));
    },
    PATIENT,
  );
  expect(error).toMatchObject({ code: "model_bad_response", message: expect.stringContaining("too big") });
});

test("an answer that has no end is cut off, and what it took is told", async () => {
  const text = "word ".repeat(10_000);
  const words = `data: ${JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
  const { error } = await failure("compatible", (response) => {
    stream(response, words);
    pour(response, words);
  });
  expect(error).toMatchObject({ code: "model_bad_response", retryable: false, spent: { estimated: true } });
  expect(error.message).toContain("came to no end");
});

test.each(each)("a refusal of $wire that has no end is read as far as it tells something", async ({ wire }) => {
  const { error } = await failure(
    wire,
    (response) => {
      response.writeHead(401, { "content-type": "text/plain" });
      pour(response, "no ".repeat(5_000));
    },
    PATIENT,
  );
  expect(error).toMatchObject({ code: "model_auth", retryable: false });
});

test.each(each)("what is left of a refusal of $wire that breaks off is its status", async ({ wire }) => {
  const { error } = await failure(wire, (response) => {
    response.writeHead(401, { "content-length": "1000" }).write("half");
    setTimeout(() => response.destroy(), 30);
  });
  expect(error).toMatchObject({ code: "model_auth", retryable: false });
});

test("a status that nobody knows is a server that cannot answer", async () => {
  const { error } = await failure("compatible", answer(999));
  expect(error).toMatchObject({ code: "model_overloaded", retryable: true });
});

test("F92 a server that only keeps its connection alive is given up in the end", async () => {
  const { error } = await failure(
    "compatible",
    (response) => {
      stream(response, HALF.compatible);
      beat(response, ": still here\n\n", 10);
    },
    { firstChunkMs: 40, chunkMs: 40 },
  );
  expect(error).toMatchObject({ code: "model_timeout", retryable: true });
});

test("F92 the setting is how long a stream may be silent, and never shortens the wait for the first word", async () => {
  const url = await provider((response) => {
    setTimeout(() => stream(response, HALF.compatible), 300);
  });
  const choice = selectModel({ model: MODELS.compatible, modelUrl: url, providers: {} });
  const model = openModel(choice, { idleMs: 100 });
  const request = { instructions: "", messages: [{ role: "user" as const, content: "x" }], tools: [] };
  const chunks: StepChunk[] = [];
  const read = async (): Promise<void> => {
    const signal = new AbortController().signal;
    for await (const chunk of model.step({ ...request, signal })) chunks.push(chunk);
  };
  await expect(read()).rejects.toMatchObject({ code: "model_timeout" });
  expect(textOf(chunks)).toBe("Half an");
});
