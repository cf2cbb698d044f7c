import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../core/events.ts";
import type { Alias } from "../graph/aliases.ts";
import type { Data } from "../graph/save.ts";

/** What two nodes are as one: every value of both is in it. */

export interface NodeParts {
  readonly type: string;
  readonly name: string;
  readonly content: string;
  readonly data: Data;
  readonly aliases: readonly Alias[];
}

/** `drop` becomes a part of `keep`, and one of its names. */
export function mergedNode(keep: NodeParts, drop: NodeParts): NodeParts {
  const { type, name } = keep;
  const names = [...keep.aliases, { type: drop.type, name: drop.name }, ...drop.aliases];
  const others = names.filter((alias) => alias.type !== type || alias.name !== name);
  const aliases = others.filter((alias, at) => others.findIndex((each) => isDeepStrictEqual(each, alias)) === at);
  return {
    ...{ type, name, content: mergedContent(keep.content, drop.content) },
    data: mergedValues(keep.data, drop.data),
    aliases: aliases.toSorted((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1)),
  };
}

function mergedContent(keep: string, drop: string): string {
  if (keep.includes(drop.trim())) return keep;
  return drop.includes(keep.trim()) ? drop : `${keep}\n\n${drop}`;
}

/** Where both have a value of one name, the second gets a number: `age`, `age (2)`. */
export function mergedValues(keep: Data, drop: Data): Data {
  const merged = new Map(Object.entries(keep));
  for (const [key, value] of Object.entries(drop)) put(merged, key, value);
  return Object.fromEntries(merged);
}

function put(merged: Map<string, Json>, key: string, value: Json): void {
  for (let n = 1; ; n++) {
    const name = n === 1 ? key : `${key} (${n})`;
    const there = merged.get(name);
    if (there === undefined) merged.set(name, value);
    if (there === undefined || isDeepStrictEqual(there, value)) return;
  }
}
