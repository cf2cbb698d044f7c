import type { Json } from "./events.ts";

/** What a message of a model's conversation holds, as people read it: the same in page and terminal. */

export interface ToldPart {
  readonly kind: "text" | "thought" | "call" | "result" | "file";
  /** Of a call, and of its result: the tool. */
  readonly name: string | null;
  readonly text: string;
}

/** `content`: a text, or parts in the form of the AI SDK. What is of no known form is shown as JSON. */
export function toldParts(content: Json): readonly ToldPart[] {
  if (typeof content === "string") return [{ kind: "text", name: null, text: content }];
  return Array.isArray(content) ? content.map(toldPart) : [{ kind: "text", name: null, text: JSON.stringify(content) }];
}

function toldPart(part: Json): ToldPart {
  const fields = isObject(part) ? part : {};
  const name = typeof fields.toolName === "string" ? fields.toolName : null;
  switch (fields.type) {
    case "text":
      return { kind: "text", name: null, text: String(fields.text) };
    case "reasoning":
      return { kind: "thought", name: null, text: String(fields.text) };
    case "tool-call":
      return { kind: "call", name, text: JSON.stringify(fields.input ?? {}) };
    case "tool-result":
      return { kind: "result", name, text: outputText(fields.output ?? null) };
    case "file":
      return { kind: "file", name: null, text: String(fields.mediaType) };
    default:
      return { kind: "text", name: null, text: JSON.stringify(part) };
  }
}

function outputText(output: Json): string {
  const value = isObject(output) ? (output.value ?? null) : output;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
