import type { ModelMessage } from "ai";
import { setTimeout as pause } from "node:timers/promises";
import { planStep } from "./plan.ts";
import type { Model, StepChunk, StepRequest, StepToolCall } from "../model.ts";

export interface DemoOptions {
  /** Between two pieces of text, so that the live view can be seen working. */
  readonly pauseMs?: number;
}

/** A text takes this many pieces at most, so that a long one takes no longer than a short one. */
const MOST_PIECES = 80;
const PIECE = 12;
const CHARS_PER_TOKEN = 4;

/** The built-in model: plain rules, no network, no key. It asks for real tools and tells their real results. */
export function createDemoModel({ pauseMs = 15 }: DemoOptions = {}): Model {
  return {
    id: "demo",
    provider: "demo",
    contextTokens: 100_000,
    price: { input: 0, output: 0 },
    step: (request) => demoStep(request, pauseMs),
  };
}

async function* demoStep(request: StepRequest, pauseMs: number): AsyncGenerator<StepChunk, void, undefined> {
  const { messages, tools, signal, instructions } = request;
  signal.throwIfAborted();
  const step = planStep(messages, tools);
  const text = step.kind === "calls" ? step.thought : step.text;
  yield { type: "part", kind: step.kind === "calls" ? "thought" : "message" };
  for (const piece of piecesOf(text)) {
    yield { type: "text", text: piece };
    await pauseFor(pauseMs, signal);
  }
  const toolCalls: readonly StepToolCall[] =
    step.kind === "calls"
      ? step.calls.map(({ name, args }, n) => ({ providerCallId: `call_${n + 1}`, name, args }))
      : [];
  const asked = text.length + JSON.stringify(toolCalls).length;
  yield {
    type: "finish",
    reason: step.kind === "calls" ? "tool-calls" : "stop",
    toolCalls,
    usage: {
      inputTokens: tokens(instructions.length + JSON.stringify(messages).length + JSON.stringify(tools).length),
      outputTokens: tokens(asked),
    },
    messages: [messageOf(text, toolCalls)],
  };
}

function messageOf(text: string, calls: readonly StepToolCall[]): ModelMessage {
  if (calls.length === 0) return { role: "assistant", content: [{ type: "text", text }] };
  return {
    role: "assistant",
    content: calls.map(({ providerCallId, name, args }) => ({
      type: "tool-call",
      toolCallId: providerCallId,
      toolName: name,
      input: args,
    })),
  };
}

function piecesOf(text: string): readonly string[] {
  const size = Math.max(PIECE, Math.ceil(text.length / MOST_PIECES));
  return text.match(new RegExp(`[^]{1,${size}}(?:(?=\\s)|[^\\s]{0,8})`, "gu")) ?? [];
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}

function tokens(characters: number): number {
  return Math.ceil(characters / CHARS_PER_TOKEN);
}
