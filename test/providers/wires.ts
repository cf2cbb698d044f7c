import type { ModelSettings } from "../../src/models/select.ts";

/** How each provider's format says the same things, frame by frame. */

/** One answer, as a model gives it. */
export interface Said {
  readonly thought?: string;
  /** In the pieces in which it streams. */
  readonly text?: readonly string[];
  /** `args` is what the stream holds, JSON or not. */
  readonly calls?: readonly { readonly name: string; readonly args: string }[];
  /** The provider's own word for the end; null: none comes. Without it, the usual one. */
  readonly end?: string | null;
  /** null: the server tells none. */
  readonly usage?: { readonly input: number; readonly output: number } | null;
}

export interface Wire {
  readonly name: WireName;
  /** As `SPARKY_MODEL` names it. */
  readonly model: string;
  /** The body of a stream. */
  answer(said: Said): string;
}

export const WIRE_NAMES = ["responses", "chat", "ollama", "anthropic", "google"] as const;
export type WireName = (typeof WIRE_NAMES)[number];

/** Frames as a server sends them. */
export const frames = (...events: readonly (string | object)[]): string =>
  events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");

const USAGE = { input: 40, output: 7 };

export const WIRES: { readonly [W in WireName]: Wire } = {
  responses: { name: "responses", model: "openai/gpt-5.4", answer: responses },
  chat: { name: "chat", model: "compatible/some-model", answer: chat },
  ollama: { name: "ollama", model: "ollama/some-model", answer: chat },
  anthropic: { name: "anthropic", model: "anthropic/claude-sonnet-4-6", answer: anthropic },
  google: { name: "google", model: "google/gemini-2.5-flash", answer: google },
};

export const KEY = "sk-test-0123456789";

export const settingsFor = (model: string, url: string): ModelSettings => ({
  model,
  modelUrl: url,
  providers: {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: url,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: url,
    GEMINI_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_BASE_URL: url,
    OLLAMA_BASE_URL: url,
    SPARKY_MODEL_KEY: KEY,
  },
});

/** Arguments in two pieces, as they stream. */
const halves = (text: string): readonly [string, string] => {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
};

function chat({ thought, text = [], calls = [], end, usage = USAGE }: Said): string {
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    id: "c",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const reason = end === undefined ? (calls.length > 0 ? "tool_calls" : "stop") : end;
  return frames(
    chunk({ role: "assistant", content: "" }),
    ...(thought === undefined ? [] : [chunk({ reasoning_content: thought })]),
    ...text.map((content) => chunk({ content })),
    ...calls.flatMap(({ name, args }, index) => {
      const [begin, rest] = halves(args);
      return [
        chunk({ tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name, arguments: begin } }] }),
        chunk({ tool_calls: [{ index, function: { arguments: rest } }] }),
      ];
    }),
    ...(reason === null ? [] : [chunk({}, reason)]),
    ...(usage === null
      ? []
      : [{ id: "c", choices: [], usage: { prompt_tokens: usage.input, completion_tokens: usage.output } }]),
    "[DONE]",
  );
}

function responses({ thought, text = [], calls = [], end, usage = USAGE }: Said): string {
  const events: object[] = [{ type: "response.created", response: { id: "r", created_at: 1, model: "gpt-5.4" } }];
  let output_index = 0;
  if (thought !== undefined) {
    const item = { type: "reasoning", id: "rs_1", encrypted_content: "sealed" };
    const part = { item_id: item.id, output_index, summary_index: 0 };
    events.push(
      { type: "response.output_item.added", output_index, item },
      { type: "response.reasoning_summary_part.added", ...part },
      { type: "response.reasoning_summary_text.delta", ...part, delta: thought },
      { type: "response.output_item.done", output_index: output_index++, item },
    );
  }
  if (text.length > 0) {
    const item = { type: "message", id: "msg_1" };
    events.push(
      { type: "response.output_item.added", output_index, item },
      ...text.map((delta) => ({ type: "response.output_text.delta", item_id: item.id, output_index, delta })),
      { type: "response.output_item.done", output_index: output_index++, item },
    );
  }
  for (const [index, { name, args }] of calls.entries()) {
    const item = { type: "function_call", id: `fc_${index}`, call_id: `call_${index}`, name };
    events.push({ type: "response.output_item.added", output_index, item: { ...item, arguments: "" } });
    for (const delta of halves(args)) {
      events.push({ type: "response.function_call_arguments.delta", item_id: item.id, output_index, delta });
    }
    const done = { ...item, arguments: args, status: "completed" };
    events.push({ type: "response.output_item.done", output_index: output_index++, item: done });
  }
  const counted = usage === null ? {} : { usage: { input_tokens: usage.input, output_tokens: usage.output } };
  if (end === undefined) events.push({ type: "response.completed", response: counted });
  else if (end !== null) {
    events.push({ type: "response.incomplete", response: { incomplete_details: { reason: end }, ...counted } });
  }
  return frames(...events);
}

function anthropic({ thought, text = [], calls = [], end, usage = USAGE }: Said): string {
  const events: object[] = [
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "c",
        content: [],
        usage: { input_tokens: usage?.input ?? 0, output_tokens: 1 },
      },
    },
  ];
  let index = 0;
  const block = (start: object, deltas: readonly object[]): void => {
    events.push(
      { type: "content_block_start", index, content_block: start },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index: index++ },
    );
  };
  if (thought !== undefined) {
    const thinking = { type: "thinking_delta", thinking: thought };
    block({ type: "thinking", thinking: "" }, [thinking, { type: "signature_delta", signature: "signed" }]);
  }
  if (text.length > 0) {
    block(
      { type: "text", text: "" },
      text.map((piece) => ({ type: "text_delta", text: piece })),
    );
  }
  for (const { name, args } of calls) {
    const deltas = halves(args).map((partial_json) => ({ type: "input_json_delta", partial_json }));
    block({ type: "tool_use", id: `toolu_${index}`, name, input: {} }, deltas);
  }
  const reason = end === undefined ? (calls.length > 0 ? "tool_use" : "end_turn") : end;
  if (reason !== null) {
    events.push(
      { type: "message_delta", delta: { stop_reason: reason }, usage: { output_tokens: usage?.output ?? 0 } },
      { type: "message_stop" },
    );
  }
  return frames(...events);
}

function google({ thought, text = [], calls = [], end, usage = USAGE }: Said): string {
  const part = (parts: readonly object[], more: object = {}): object => ({
    candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  });
  const reason = end === undefined ? "STOP" : end;
  const counted =
    usage === null
      ? {}
      : { usageMetadata: { promptTokenCount: usage.input, candidatesTokenCount: usage.output, totalTokenCount: 47 } };
  return frames(
    ...(thought === undefined ? [] : [part([{ text: thought, thought: true }])]),
    ...text.map((piece) => part([{ text: piece }])),
    // Gemini sends arguments as an object, so they are always JSON.
    ...calls.map(({ name, args }) => part([{ functionCall: { name, args: JSON.parse(args) as object } }])),
    { ...part([], reason === null ? {} : { finishReason: reason }), ...counted },
  );
}
