import type { ModelMessage } from "ai";
import { jsonSchema, type Json } from "../../core/events.ts";

/** What came of one tool call. */
export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly value: Json;
}

/**
 * What the context tells of work that goes on elsewhere, of what is remembered, summed up or referred to, and of the time, in
 * lines of its own: no request.
 */
const REMARK =
  /^\((?:A task was given here|An earlier run here ended|It is \S+ now\.)(?:\s.*)?\)$|^\(From memory: .*\)(?:\n\[m:.*)*$|^\(To save room, .*\)\n".*"$|^\((?:A (?:file|picture) was sent along: |What @.* is, as ).*\)$(?:\n".*$)?(?:\n\[cut: .*$)?|^\(@.* could not be read: ".*"\)$/gm;

/** The beginning of what is told of a file that was sent along. */
const FILES = /^\(A (?:file|picture) was sent along: /m;

/** Tools that it is told of only by a search, and the one tool that calls them. */
export const TOOL_SEARCH = "tool_search";
export const TOOL_CALL = "tool_call";

/** What a person said last, how often tools were asked for since then, and what came of it. */
export function readConversation(messages: readonly ModelMessage[]) {
  let said = { instruction: "", hasFiles: false, steps: 0, outcomes: [] as readonly Outcome[] };
  /** What calls through the constant tool are calls of, by the call's id. */
  const meant = new Map<string, string>();
  for (const { role, content } of messages) {
    if (role === "user") {
      const texts = typeof content === "string" ? [content] : content.map((part) => ("text" in part ? part.text : ""));
      const instruction = texts.join("\n").replace(REMARK, "").trim();
      const hasFiles = FILES.test(texts.join("\n"));
      if (instruction !== "" || texts.join("").trim() === "") said = { instruction, hasFiles, steps: 0, outcomes: [] };
    } else if (role === "assistant" && typeof content !== "string") {
      if (content.some(({ type }) => type === "tool-call")) said = { ...said, steps: said.steps + 1 };
      for (const part of content) {
        if (part.type !== "tool-call" || part.toolName !== TOOL_CALL) continue;
        const { name } = { name: "", ...(part.input as { readonly name?: unknown } | null) };
        if (typeof name === "string" && name !== "") meant.set(part.toolCallId, name);
      }
    } else if (role === "tool") {
      const outcomes = content.flatMap((part) => (part.type === "tool-result" ? [outcomeOf(part, meant)] : []));
      said = { ...said, outcomes: [...said.outcomes, ...outcomes] };
    }
  }
  return said;
}

type Result = Extract<Extract<ModelMessage, { role: "tool" }>["content"][number], { type: "tool-result" }>;

function outcomeOf({ toolCallId, toolName, output }: Result, meant: ReadonlyMap<string, string>): Outcome {
  const name = meant.get(toolCallId) ?? toolName;
  if (output.type === "execution-denied")
    return { name, ok: false, value: output.reason ?? "a person did not allow it" };
  const value = jsonSchema.safeParse(output.value);
  return { name, ok: !output.type.startsWith("error"), value: value.success ? value.data : String(output.value) };
}
