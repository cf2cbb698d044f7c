import type { Json } from "../../src/core/events.ts";
import { prettyJson } from "../../src/core/pretty-json.ts";
import { fullTime } from "../ui/format.ts";

/** A change of the graph as a diff: field by field, and of long texts only the lines that differ. */

type Fields = { readonly [field: string]: Json };

/** When it was made says the change itself. */
const LEFT_OUT = new Set(["createdAt", "updatedAt", "recordedAt"]);

/** Instants, which are told as people read them. */
const TIMES = new Set(["validFrom", "validTo", "retiredAt"]);

/** Each line with two characters before it that say what became of it. */
export function changeLines(before: Fields | undefined, after: Fields | undefined): string {
  const [was, is] = [linesOf(before), linesOf(after)];
  const fields = new Set([...was.keys(), ...is.keys()]);
  return [...fields].flatMap((field) => marked(was.get(field) ?? [], is.get(field) ?? [])).join("\n");
}

function linesOf(fields: Fields | undefined): ReadonlyMap<string, readonly string[]> {
  const told = Object.entries(fields ?? {}).filter(([field, value]) => !LEFT_OUT.has(field) && !isNothing(value));
  return new Map(told.map(([field, value]) => [field, written(field, value)]));
}

const isNothing = (value: Json): boolean =>
  value === "" || value === null || (typeof value === "object" && Object.keys(value).length === 0);

function written(field: string, value: Json): readonly string[] {
  const lines = textOf(field, value).split("\n");
  return lines.length === 1 ? [`${field}: ${lines[0]}`] : [`${field}:`, ...lines.map((line) => `  ${line}`)];
}

function textOf(field: string, value: Json): string {
  if (typeof value === "number" && TIMES.has(field)) return fullTime(new Date(value).toISOString());
  return typeof value === "string" ? value : prettyJson(value);
}

/** What both begin with and end with is the same. */
function marked(was: readonly string[], is: readonly string[]): readonly string[] {
  const least = Math.min(was.length, is.length);
  let first = 0;
  while (first < least && was[first] === is[first]) first += 1;
  let last = 0;
  while (last < least - first && was.at(-1 - last) === is.at(-1 - last)) last += 1;
  return [
    ...was.slice(0, first).map((line) => `  ${line}`),
    ...was.slice(first, was.length - last).map((line) => `- ${line}`),
    ...is.slice(first, is.length - last).map((line) => `+ ${line}`),
    ...was.slice(was.length - last).map((line) => `  ${line}`),
  ];
}
