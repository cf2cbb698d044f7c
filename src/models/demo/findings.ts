import type { Json } from "../../core/events.ts";
import { isObject, type JsonObject } from "./json.ts";
import { counted, labelOf, listed } from "./render.ts";

/** The results of checks: `{isolated: {count: 2, examples: […]}, …}`. */

const FIRST = 5;

/** What some findings are called when they are counted. */
const CALLED: { readonly [key: string]: string } = {
  isolated: "isolated node",
  dangling: "dangling edge",
  duplicates: "duplicate name",
  emptyContent: "node without content",
};

interface Finding {
  readonly name: string;
  readonly count: number;
  readonly examples: readonly Json[];
}

/** Null when a value is no result of a check. */
export function findingsIn(value: Json): readonly Finding[] | null {
  if (!isObject(value)) return null;
  const found = Object.entries(value).flatMap(([key, one]): Finding[] => {
    if (!isObject(one)) return [];
    const { count, examples } = one;
    if (typeof count !== "number" || !Array.isArray(examples)) return [];
    return [{ name: CALLED[key] ?? labelOf(key).replace(/s$/, ""), count, examples }];
  });
  return found.length === 0 ? null : found;
}

/** How many of each kind, with the first examples, and what was looked for and not found. */
export function findingsTold(value: JsonObject): string | null {
  const findings = findingsIn(value);
  if (findings === null) return null;
  const bad = findings.filter(({ count }) => count > 0);
  const good = findings.filter(({ count }) => count === 0).map(({ name }) => many(name));
  if (bad.length === 0) return `The check found nothing wrong: no ${listed(good, 20, "or")}.`;
  const rows = bad.map(({ name, count, examples }) => {
    const shown = listed(examples.slice(0, FIRST).map(exampleInWords), FIRST, "and", count);
    return `- **${counted(count, name)}**: ${shown}`;
  });
  const none = good.length === 0 ? "" : `\n\nThere are no ${listed(good, 20, "or")}.`;
  return `The check found:\n\n${rows.join("\n")}${none}`;
}

function exampleInWords(example: Json): string {
  if (!isObject(example)) return typeof example === "string" ? example : JSON.stringify(example);
  const { name, type, source, target, nodes } = example;
  const kind = typeof type === "string" ? ` (${type})` : "";
  if (source !== undefined && target !== undefined) return `${endName(source)} → ${endName(target)}${kind}`;
  if (Array.isArray(nodes)) return nodes.map(exampleInWords).join(" = ");
  return typeof name === "string" ? `${name}${kind}` : JSON.stringify(example);
}

function endName(end: Json): string {
  const name = isObject(end) ? end["name"] : end;
  return typeof name === "string" ? name : "?";
}

function many(name: string): string {
  return counted(2, name).slice(2);
}
