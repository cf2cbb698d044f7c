import type { ModelMessage } from "ai";
import { jsonSchema, type Json } from "../../core/events.ts";

/** One tool call since the last thing that a person said, with what came of it. */
export interface Outcome {
  readonly name: string;
  readonly args: Json;
  readonly ok: boolean;
  readonly value: Json;
}

export interface Conversation {
  /** What a person said last. */
  readonly instruction: string;
  /** Steps since then that asked for tools: the names of each. */
  readonly steps: readonly (readonly string[])[];
  readonly outcomes: readonly Outcome[];
  /** Something was under way when the person spoke. */
  readonly interrupted: boolean;
}

export function readConversation(messages: readonly ModelMessage[]): Conversation {
  let instruction = "";
  let steps: string[][] = [];
  let outcomes: Outcome[] = [];
  let interrupted = false;
  const asked = new Map<string, Json>();
  for (const [n, message] of messages.entries()) {
    if (message.role === "user") {
      const text = textOf(message.content)
        .replace(/[^\S\n]+/g, " ")
        .trim();
      // A message all in brackets is a remark on what goes on elsewhere, not a request.
      if (/^\([^]*\)$/.test(text) && instruction !== "") continue;
      interrupted = messages[n - 1]?.role === "tool";
      instruction = text;
      steps = [];
      outcomes = [];
    } else if (message.role === "assistant" && typeof message.content !== "string") {
      const names = message.content.flatMap((part) => (part.type === "tool-call" ? [part.toolName] : []));
      if (names.length > 0) steps.push(names);
      for (const part of message.content) if (part.type === "tool-call") asked.set(part.toolCallId, jsonOf(part.input));
    } else if (message.role === "tool") {
      for (const part of message.content) {
        if (part.type !== "tool-result") continue;
        outcomes.push({ name: part.toolName, args: asked.get(part.toolCallId) ?? null, ...outcomeOf(part) });
      }
    }
  }
  return { instruction, steps, outcomes, interrupted };
}

function textOf(content: Extract<ModelMessage, { role: "user" }>["content"]): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
}

type ResultPart = Extract<Extract<ModelMessage, { role: "tool" }>["content"][number], { type: "tool-result" }>;

function outcomeOf({ output }: ResultPart): Pick<Outcome, "ok" | "value"> {
  switch (output.type) {
    case "text":
      return { ok: true, value: asJson(output.value) };
    case "json":
      return { ok: true, value: jsonOf(output.value) };
    case "error-text":
      return { ok: false, value: output.value };
    case "error-json":
      return { ok: false, value: jsonOf(output.value) };
    case "execution-denied":
      return { ok: false, value: output.reason ?? "a person did not allow it" };
    case "content": {
      const texts = output.value.flatMap((part) => (part.type === "text" ? [part.text] : []));
      return { ok: true, value: asJson(texts.join("\n")) };
    }
  }
}

/** Text that is JSON is read as such. */
function asJson(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return jsonOf(JSON.parse(text));
  } catch {
    return text;
  }
}

function jsonOf(value: unknown): Json {
  const parsed = jsonSchema.safeParse(value);
  return parsed.success ? parsed.data : String(value);
}
