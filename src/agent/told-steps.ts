import type { AssistantModelMessage, ModelMessage, ToolModelMessage } from "ai";
import type { EventOf } from "../core/events.ts";
import { withoutThoughts } from "../models/tags.ts";
import { RESULT_READ } from "../tools/tool.ts";
import { tokensOf } from "./fit.ts";

/** How recorded steps are told, with their tokens. */

export interface RecordedStep {
  readonly runId: string;
  readonly step: number;
  readonly provider: string;
  readonly model: string;
  /** The last `seq` that was in the step's context. */
  readonly readSeq: number;
  readonly messages: readonly ModelMessage[];
}

type Result = EventOf<"tool_result">["data"];
type Reader = Pick<RecordedStep, "provider" | "model">;

interface Told {
  readonly messages: readonly ModelMessage[];
  readonly tokens: number;
}

export function toldStep(step: RecordedStep, results: readonly Result[], reader: Reader): Told {
  const messages = stepMessages(step, results, step.provider === reader.provider && step.model === reader.model);
  return { messages, tokens: tokensOf(messages) };
}

/** A recorded step with the results of its calls; a call without a result gets one, or the provider refuses it all. */
function stepMessages(step: RecordedStep, results: readonly Result[], own: boolean): ModelMessage[] {
  const messages = step.messages
    .map((message) => (own || message.role !== "assistant" ? message : foreign(message)))
    .filter((message) => message.role !== "assistant" || message.content.length > 0);
  const calls = messages.flatMap((message) =>
    message.role === "assistant" && typeof message.content !== "string"
      ? message.content.filter((part) => part.type === "tool-call")
      : [],
  );
  if (calls.length === 0) return messages;
  const known = new Map(results.map((result) => [result.callId, result]));
  const content: ToolModelMessage["content"] = calls.map(({ toolCallId, toolName }) => {
    return { type: "tool-result", toolCallId, toolName, output: outputOf(known.get(toolCallId)) };
  });
  return [...messages, { role: "tool", content }];
}

function foreign(message: AssistantModelMessage): AssistantModelMessage {
  if (typeof message.content === "string") return { role: "assistant", content: withoutThoughts(message.content) };
  const content = message.content
    .filter((part) => part.type === "text" || part.type === "tool-call")
    .map(({ providerOptions: _, ...part }) =>
      part.type === "text" ? { ...part, text: withoutThoughts(part.text) } : part,
    )
    .filter((part) => part.type !== "text" || part.text.trim() !== "");
  return { role: "assistant", content };
}

type ToolOutput = Extract<ToolModelMessage["content"][number], { type: "tool-result" }>["output"];

function outputOf(result: Result | undefined): ToolOutput {
  if (result === undefined) return { type: "error-text", value: "no result was recorded" };
  if (!result.ok) return { type: "error-text", value: result.error ?? "failed" };
  if (result.blob !== undefined) {
    const shown = String(result.result);
    const rest = JSON.stringify({ id: result.blob, offset: shown.length });
    const value = `${shown}\n[cut: the whole result has ${result.size} bytes; read on with ${RESULT_READ} ${rest}]`;
    return { type: "text", value };
  }
  return { type: "json", value: result.result ?? null };
}
