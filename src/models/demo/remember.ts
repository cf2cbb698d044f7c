import { shorten } from "../../core/text.ts";
import type { ToolSpec } from "../model.ts";
import { isObject, type JsonObject } from "./arguments.ts";
import { joinsCommand } from "./words.ts";

const FACT = /^remember(?: that(?! time\b)\s*:?|:)\s*(\S.*)$/isu;
const IS_A = /^(\p{Lu}[\p{L}\p{N}_-]*(?: \p{Lu}[\p{L}\p{N}_-]*)*) is an? ([\p{L}-]+)$/u;

/** A node for a tool that takes nodes, from the one command that says beyond doubt what to remember. */
export function memoryArguments({ parameters }: ToolSpec, text: string): JsonObject | null {
  const nodes = isObject(parameters["properties"]) ? parameters["properties"]["nodes"] : undefined;
  if (!isObject(nodes) || nodes["type"] !== "array") return null;
  const fact = FACT.exec(text)?.[1]?.replace(/^"([^"]+)"$/, "$1");
  const bare = text.replace(/"[^"]*"/g, "");
  if (fact === undefined || /[.!?]\s|\n/.test(bare) || joinsCommand(bare)) return null;
  const [, name, type] = IS_A.exec(fact) ?? [];
  if (name !== undefined && type !== undefined) return { nodes: [{ type: type.toLowerCase(), name }] };
  return { nodes: [{ type: "note", name: shorten(fact, 80), content: fact }] };
}
