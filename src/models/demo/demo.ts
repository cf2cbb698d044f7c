import { setTimeout as pause } from "node:timers/promises";
import { gaveUp } from "../gave-up.ts";
import { planStep } from "./plan.ts";
import type { Model, StepChunk, StepRequest } from "../model.ts";

/** A text takes this many pieces at most, so that a long one takes no longer than a short one. */
const MOST_PIECES = 80;
const PIECE = 12;
const tokensOf = (content: readonly unknown[]): number => Math.ceil(JSON.stringify(content).length / 4);

/** Room for all that one request can bring in: it counts the steps that it has made. */
export const DEMO_WINDOW = 400_000;

/**
 * The built-in model: plain rules, no network, no key. It asks for real tools and tells their real results. `pauseMs` lies
 * between two pieces of text, so that the live view can be seen working.
 */
export function createDemoModel({ pauseMs = 15 } = {}): Model {
  const step = (request: StepRequest): AsyncIterable<StepChunk> => demoStep(request, pauseMs);
  return {
    id: "demo",
    provider: "demo",
    contextTokens: DEMO_WINDOW,
    mayThink: false,
    price: { input: 0, output: 0 },
    step,
  };
}

async function* demoStep(request: StepRequest, pauseMs: number): AsyncGenerator<StepChunk, void, undefined> {
  const { messages, tools, signal, instructions } = request;
  signal.throwIfAborted();
  const { text, calls, why } = planStep(messages, tools);
  yield { type: "part", kind: calls.length > 0 ? "thought" : "message" };
  const size = Math.max(PIECE, Math.ceil(text.length / MOST_PIECES));
  for (const [piece] of text.matchAll(new RegExp(`[^]{1,${size}}(?:(?=\\s)|[^\\s]{0,8})`, "gu"))) {
    yield { type: "text", text: piece };
    if (pauseMs > 0) await pause(pauseMs, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }
  const toolCalls = calls.map(({ name, args }, n) => ({ providerCallId: `call_${n + 1}`, name, args }));
  const type = "tool-call" as const;
  const asked = calls.map(({ name, args }, n) => ({ type, toolCallId: `call_${n + 1}`, toolName: name, input: args }));
  yield {
    type: "finish",
    reason: calls.length > 0 ? "tool-calls" : "stop",
    toolCalls,
    usage: { inputTokens: tokensOf([instructions, messages, tools]), outputTokens: tokensOf([text, toolCalls]) },
    messages: [
      {
        role: "assistant",
        content: asked.length > 0 ? asked : [{ type: "text", text }],
        ...(why !== null && { providerOptions: gaveUp(`the demo model did nothing: ${why}`) }),
      },
    ],
  };
}
