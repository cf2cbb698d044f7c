import { z } from "zod";
import type { Json } from "../core/events.ts";
import { shorten } from "../core/text.ts";
import { defineTool, type Tool } from "./tool.ts";

/**
 * Where servers have so many tools that telling a model of each would fill its window, it is told their names, searches for
 * what it needs, and calls that through one tool that is always the same: so each request begins as the one before it.
 */

/** Calls what `tool_search` finds. Such a call is recorded, asked about and run as one of the tool that it names. */
export const TOOL_CALL = "tool_call";
export const TOOL_SEARCH = "tool_search";

/** The share of a model's window that the tools may take before those of servers are searched for. */
const SHARE = 0.1;
const MOST_LINE = 100;
const MOST_LINES = 400;
const FOUND = 5;

/** The tools of a run, in an order that does not change. */
export function withDeferred<Tx>(
  own: readonly Tool<Tx>[],
  ofServers: readonly Tool<Tx>[],
  { tokensOf, window }: { readonly tokensOf: (text: string) => number; readonly window: number },
): readonly Tool<Tx>[] {
  const specs = [...own, ...ofServers].map(({ name, description, parameters }) => ({ name, description, parameters }));
  if (ofServers.length === 0 || tokensOf(JSON.stringify(specs)) <= window * SHARE) return [...own, ...ofServers];
  const deferred = ofServers.map((tool) => ({ ...tool, deferred: true as const }));
  return [...own, toolSearch(deferred), toolCall, ...deferred];
}

function toolSearch(tools: readonly Tool<never>[]): Tool<unknown> {
  const lines = tools
    .slice(0, MOST_LINES)
    .map(({ name, description }) => shorten(`${name}: ${firstLine(description)}`, MOST_LINE));
  const more = tools.length > lines.length ? [`and ${tools.length - lines.length} more`] : [];
  return defineTool({
    name: TOOL_SEARCH,
    description:
      `Finds tools beyond those that you were given, with their arguments; ${TOOL_CALL} then calls one. Search for the ` +
      `words of what you want to do, or for a tool's name. There are:\n${[...lines, ...more].join("\n")}`,
    effect: "read",
    idempotent: true,
    timeoutMs: 5000,
    args: z.strictObject({ query: z.string().trim().min(1).max(500).describe("words, or names of tools") }),
    summary: ({ query }) => query,
    execute: ({ query }) => Promise.resolve(found(tools, query)),
  });
}

const toolCall: Tool<unknown> = defineTool({
  name: TOOL_CALL,
  description: "Calls a tool that tool_search has found.",
  effect: "external",
  idempotent: false,
  timeoutMs: 5000,
  args: z.strictObject({
    name: z.string().describe("the tool's name"),
    arguments: z.record(z.string(), z.unknown()).describe("its arguments, as its schema says"),
  }),
  summary: ({ name }) => name,
  // A call that names a tool is that tool's.
  execute: () => Promise.reject(new Error("no tool is named: give its name and its arguments")),
});

function found(tools: readonly Tool<never>[], query: string): Json {
  const words = wordsOf(query);
  const scored = tools
    .map((tool) => ({ tool, score: scoreOf(tool, query, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score || (one.tool.name < other.tool.name ? -1 : 1));
  return {
    tools: scored
      .slice(0, FOUND)
      .map(({ tool: { name, description, parameters } }) => ({ name, description, parameters })),
    others: scored.slice(FOUND, FOUND + 20).map(({ tool }) => tool.name),
  };
}

function scoreOf({ name, description }: Tool<never>, query: string, words: readonly string[]): number {
  if (query.split(/[\s,]+/).includes(name)) return 1000;
  const [inName, inText] = [wordsOf(name), wordsOf(description)];
  return words.reduce((sum, word) => {
    const near = (each: string): boolean => each === word || (word.length > 3 && each.startsWith(word));
    return sum + (inName.some(near) ? 3 : 0) + (inText.some(near) ? 1 : 0);
  }, 0);
}

const wordsOf = (text: string): readonly string[] =>
  text
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

const firstLine = (text: string): string => /^.*?[.!?](?=\s|$)|^.*/u.exec(text.trim())?.[0] ?? "";

/** What a call of `tool_call` is a call of; anything else is what it is. */
export function meant(name: string, args: Json): { readonly name: string; readonly args: Json } {
  if (name !== TOOL_CALL || typeof args !== "object" || args === null || Array.isArray(args)) return { name, args };
  const { name: tool, arguments: its } = args;
  return typeof tool === "string" && tool !== "" && tool !== TOOL_CALL
    ? { name: tool, args: its ?? {} }
    : { name, args };
}
