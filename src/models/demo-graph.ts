import type { Json } from "../core/events.ts";
import { isObject, type JsonObject } from "./demo-json.ts";
import { factIn, shapesIn } from "./demo-shapes.ts";
import type { ToolSpec } from "./model.ts";

/** Nodes and edges for a tool that takes them, out of statements such as "Ann knows Bob"; null for any other tool. */
export function graphArguments(tool: ToolSpec, text: string): JsonObject | null {
  const shapes = shapesIn(text);
  const node = itemOf(tool.parameters, "nodes");
  const edge = itemOf(tool.parameters, "edges");
  if (node === null) return null;
  if (shapes.statements.length === 0) {
    const fact = factIn(text);
    return { nodes: [pick(node, { name: fact.slice(0, 80), label: fact.slice(0, 80), type: "note", content: fact })] };
  }
  const types = new Map<string, string>();
  const links: { source: string; relation: string; target: string }[] = [];
  for (const { source, relation, target } of shapes.statements) {
    if (relation === "is_a") types.set(source, target.toLowerCase());
    else {
      links.push({ source, relation, target });
      for (const name of [source, target]) if (!types.has(name)) types.set(name, "");
    }
  }
  const typeOf = (name: string): string => types.get(name) || "thing";
  const args: JsonObject = {
    nodes: [...types.keys()].map((name) => pick(node, { name, label: name, type: typeOf(name) })),
  };
  if (edge === null || links.length === 0) return args;
  const end = (key: string, name: string): Json =>
    takesObject(edge[key]) ? pick(edge[key], { name, label: name, type: typeOf(name) }) : name;
  args["edges"] = links.map(({ source, relation, target }) => ({
    ...(edge["source"] === undefined
      ? { from: end("from", source), to: end("to", target) }
      : { source: end("source", source), target: end("target", target) }),
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
