import { z } from "zod";
import type { Json } from "../core/events.ts";
import { shorten } from "../core/text.ts";
import { defineTool, type Tool } from "./tool.ts";

/**
 * Where telling a model of every tool would fill its window, it is told the names of some, searches for what it needs, and
 * calls that through one tool that is always the same: so each request begins as the one before it.
 */

/** Calls what `tool_search` finds. Such a call is recorded, asked about and run as one of the tool that it names. */
export const TOOL_CALL = "tool_call";
export const TOOL_SEARCH = "tool_search";

/** The share of a model's window that the tools may take before those of servers are searched for. */
const SHARE = 0.1;
/** The share that our own may take before those that are used the least are searched for too. */
const OWN_SHARE = 0.3;
/** Told as long as there is room, in this order; then the others. */
const FIRST = [
  ...["result_read", "recall", "remember", "shell", "file_read", "file_write", "file_edit", "web_fetch", "plan_update"],
  ...["ask_user", "file_list", "file_search", "web_search", "forget", "task_add", "delegate", "current_time"],
];
const MOST_LINE = 100;
const MOST_LINES = 400;
const FOUND = 5;

/** The tools of a run, in an order that does not change. */
export function withDeferred<Tx>(
  own: readonly Tool<Tx>[],
  ofServers: readonly Tool<Tx>[],
  { tokensOf, window }: { readonly tokensOf: (text: string) => number; readonly window: number },
): readonly Tool<Tx>[] {
  const take = (tools: readonly Tool<Tx>[]): number =>
    tokensOf(JSON.stringify(tools.map(({ name, description, parameters }) => ({ name, description, parameters }))));
  const told = take(own) <= window * OWN_SHARE ? own : fitting(own, window * OWN_SHARE, take);
  const left = [
    ...own.filter((tool) => !told.includes(tool)),
    ...(take([...own, ...ofServers]) <= window * SHARE ? [] : ofServers),
  ];
  if (left.length === 0) return [...own, ...ofServers];
  const deferred = left.map((tool) => ({ ...tool, deferred: true as const }));
  return [...told, toolSearch(deferred), toolCall, ...deferred];
}

/** Those that have room, in the order in which they came. */
function fitting<Tx>(
  own: readonly Tool<Tx>[],
  room: number,
  take: (tools: readonly Tool<Tx>[]) => number,
): readonly Tool<Tx>[] {
  const placeOf = ({ name }: Tool<Tx>): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const kept = new Set<Tool<Tx>>();
  let taken = 0;
  for (const tool of own.toSorted((one, other) => placeOf(one) - placeOf(other))) {
    taken += take([tool]);
    if (taken > room) break;
    kept.add(tool);
  }
  return own.filter((tool) => kept.has(tool));
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
