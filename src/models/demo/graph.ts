import type { Json } from "../../core/events.ts";
import { searchParameter } from "./choose.ts";
import type { Outcome } from "./conversation.ts";
import { isObject, type JsonObject } from "./json.ts";
import { contentIn, factIn, statementsIn } from "./statements.ts";
import { isVerb, wordsOf } from "./words.ts";
import type { ToolSpec } from "../model.ts";

/** Nodes that earlier results have shown, by name in lower case. */
export type KnownNodes = ReadonlyMap<string, { readonly name: string; readonly type: string }>;

/** Whatever has a name and a type in the results so far of a tool's relatives: `graph_search` is one of `graph_add`. */
export function knownNodes(adding: ToolSpec, outcomes: readonly Outcome[]): KnownNodes {
  const known = new Map<string, { name: string; type: string }>();
  const look = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(look);
    if (!isObject(value)) return;
    const { name, type } = value;
    if (typeof name === "string" && typeof type === "string" && !known.has(name.toLowerCase())) {
      known.set(name.toLowerCase(), { name, type });
    }
    Object.values(value).forEach(look);
  };
  for (const { name, ok, value } of outcomes) if (ok && related(name, adding.name)) look(value);
  return known;
}

/** Whether a tool takes nodes, so that statements are for it. */
export function takesNodes(tool: ToolSpec): boolean {
  return itemOf(tool.parameters, "nodes") !== null;
}

/** The tool that finds what the graph holds already. */
export function lookupTool(adding: ToolSpec, tools: readonly ToolSpec[]): ToolSpec | undefined {
  return tools.find((tool) => searchParameter(tool) !== undefined && related(tool.name, adding.name));
}

/** Names that share a word other than a verb. */
function related(one: string, other: string): boolean {
  const words = new Set(wordsOf(other));
  return wordsOf(one).some((word) => words.has(word) && !isVerb(word));
}

/** Nodes and edges for a tool that takes nodes, out of statements; a node that is known is not added again. */
export function graphArguments(tool: ToolSpec, text: string, known: KnownNodes): JsonObject {
  const statements = statementsIn(text);
  const node = itemOf(tool.parameters, "nodes");
  const edge = itemOf(tool.parameters, "edges");
  const content = contentIn(text);
  if (statements.length === 0) {
    const fact = factIn(text);
    const name = fact.slice(0, 80).toWellFormed();
    return { nodes: [pick(node, { name, label: name, type: "note", content: content ?? fact })] };
  }
  const said = new Map<string, string>();
  for (const { source, relation, target } of statements)
    if (relation === "is_a") said.set(source, target.toLowerCase());
  const named = (name: string) => known.get(name.toLowerCase()) ?? { name, type: "thing" };
  const typeOf = (name: string): string => said.get(name) || named(name).type;
  const links = statements.filter(({ relation }) => relation !== "is_a");
  const ends = new Set(links.flatMap(({ source, target }) => [source, target]));
  // Without edges to hold them, ends can only be told as nodes.
  const fresh = [...ends].filter((name) => !said.has(name) && (edge === null || !known.has(name.toLowerCase())));
  const args: JsonObject = {};
  const nodes = [...said.keys(), ...fresh].toSorted((one, other) => text.indexOf(one) - text.indexOf(other));
  if (nodes.length > 0) {
    args["nodes"] = nodes.map((name) =>
      pick(node, { name, label: name, type: typeOf(name), ...(content === undefined ? {} : { content }) }),
    );
  }
  if (edge === null || links.length === 0) return args;
  const endOf = (key: string, name: string): Json => {
    const called = said.has(name) ? name : named(name).name;
    return takesObject(edge[key]) ? pick(edge[key], { name: called, label: called, type: typeOf(name) }) : called;
  };
  args["edges"] = links.map(({ source, relation, target }) => ({
    ...(edge["source"] === undefined
      ? { from: endOf("from", source), to: endOf("to", target) }
      : { source: endOf("source", source), target: endOf("target", target) }),
    ...("relation" in edge && !("type" in edge) ? { relation } : { type: relation }),
    ...("sourceType" in edge ? { sourceType: typeOf(source) } : {}),
    ...("targetType" in edge ? { targetType: typeOf(target) } : {}),
  }));
  return args;
}

/** The properties of the items of an array parameter. */
function itemOf(schema: JsonObject, name: string): JsonObject | null {
  const properties = child(schema, "properties");
  const items = child(child(properties, name), "items");
  return child(items, "properties");
}

function takesObject(schema: Json | undefined): boolean {
  return objectBranch(schema) !== null;
}

function objectBranch(schema: Json | undefined): JsonObject | null {
  if (!isObject(schema)) return null;
  if (schema["type"] === "object") return schema;
  const branches = [schema["anyOf"], schema["oneOf"]].find((list) => Array.isArray(list)) ?? [];
  return branches.map(objectBranch).find((branch) => branch !== null) ?? null;
}

/** Only what the schema knows. */
function pick(schema: Json | undefined, values: JsonObject): JsonObject {
  const properties = child(objectBranch(schema), "properties") ?? (isObject(schema) ? schema : {});
  return Object.fromEntries(Object.entries(values).filter(([key]) => key in properties));
}

function child(schema: JsonObject | null, key: string): JsonObject | null {
  const value = schema?.[key];
  return isObject(value) ? value : null;
}
