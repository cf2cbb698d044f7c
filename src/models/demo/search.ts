import { jsonSchema } from "../../core/events.ts";
import { z } from "zod";
import type { ToolSpec } from "../model.ts";
import type { PlannedCall } from "./choose.ts";
import { TOOL_CALL, TOOL_SEARCH, type Outcome } from "./conversation.ts";
import { requestOf } from "./request.ts";
import { SMALL } from "./words.ts";

/** Tools that the model is not told of: it searches for them by the words of the request, and calls them through one tool. */

const MOST_QUERY = 400;

const foundSchema = z.object({
  tools: z.array(z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), jsonSchema) })),
});

/** Those that searches have found so far. Of what they do nothing is known but that it may be anything. */
export function foundTools(outcomes: readonly Outcome[]): readonly ToolSpec[] {
  const found = outcomes.flatMap(({ name, ok, value }) => {
    const read = name === TOOL_SEARCH && ok ? foundSchema.safeParse(value) : undefined;
    return read?.data?.tools ?? [];
  });
  return found.map((tool) => ({ ...tool, effect: "external" }));
}

/** The search for what a request may mean; null: it says nothing to search for. */
export function searchFor(instruction: string): PlannedCall | null {
  const { text, tokens } = requestOf(instruction, new Set());
  const words = tokens.filter(({ kind, stem }) => kind === "word" && !SMALL.has(stem)).map((token) => token.text);
  let query = "";
  for (const word of words) if (query.length + word.length < MOST_QUERY) query += `${query === "" ? "" : " "}${word}`;
  return query === "" ? null : { name: TOOL_SEARCH, args: { query }, because: text };
}

/** A call of a tool that was found goes through the tool that is always the same. */
export function throughOne(call: PlannedCall, found: readonly ToolSpec[]): PlannedCall {
  if (!found.some(({ name }) => name === call.name)) return call;
  return { name: TOOL_CALL, args: { name: call.name, arguments: call.args }, because: call.because };
}
