import type { Json } from "../../src/core/events.ts";
import { prettyJson } from "../../src/core/pretty-json.ts";
import { fullTime, oneLine } from "../ui/format.ts";

/** A change of the graph as a diff: field by field, and of long texts only the lines that differ. */

type Fields = { readonly [field: string]: Json };

/** When it was made says the change itself. */
const LEFT_OUT = new Set(["createdAt", "updatedAt", "recordedAt"]);

/** Instants, which are told as people read them. */
const TIMES = new Set(["validFrom", "validTo", "retiredAt"]);

/** Those that name another thing, or a person, by an id: it is told by its name where that is known. */
const IDS = new Set(["subject", "object", "source", "target", "supersededBy", "author", "owner"]);

type Names = { readonly [id: string]: string };

/** Each line with two characters before it that say what became of it. `names`: of the ids in the fields. */
export function changeLines(before: Fields | undefined, after: Fields | undefined, names: Names = {}): string {
  const [was, is] = [linesOf(before, names), linesOf(after, names)];
  const fields = new Set([...was.keys(), ...is.keys()]);
  return [...fields].flatMap((field) => marked(was.get(field) ?? [], is.get(field) ?? [])).join("\n");
}

function linesOf(fields: Fields | undefined, names: Names): ReadonlyMap<string, readonly string[]> {
  const told = Object.entries(fields ?? {}).filter(([field, value]) => !LEFT_OUT.has(field) && !isNothing(value));
  return new Map(told.map(([field, value]) => [field, written(field, value, names)]));
}

const isNothing = (value: Json): boolean =>
  value === "" || value === null || (typeof value === "object" && Object.keys(value).length === 0);

function written(field: string, value: Json, names: Names): readonly string[] {
  const lines = textOf(field, value, names).split("\n");
  return lines.length === 1 ? [`${field}: ${lines[0]}`] : [`${field}:`, ...lines.map((line) => `  ${line}`)];
}

function textOf(field: string, value: Json, names: Names): string {
  if (typeof value === "number" && TIMES.has(field)) return fullTime(new Date(value).toISOString());
  if (typeof value !== "string") return prettyJson(value);
  return IDS.has(field) && Object.hasOwn(names, value) ? oneLine(names[value] ?? value, 120) : value;
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
