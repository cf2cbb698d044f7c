import { shorten } from "../../core/text.ts";
import type { ToolSpec } from "../model.ts";
import { isObject, type JsonObject } from "./arguments.ts";
import { joinsCommand } from "./words.ts";

const FACT = /^remember(?: that(?! time\b)\s*:?|:)\s*(\S.*)$/isu;
const WRONG = /^correct(?: that\s*:?|:)\s*(\S.*)$/isu;
const OVER = /^forget(?: that\b\s*:?| about\b|:)\s*(.*)$/isu;
const IS_A = /^(\p{Lu}[\p{L}\p{N}_-]*(?: \p{Lu}[\p{L}\p{N}_-]*)*) is an? ([\p{L}-]+)$/u;
const RELATIONS: readonly (readonly [RegExp, string])[] = [
  [/^(?:i|we) (?:now )?live (?:in|at) /i, "lives_in"],
  [/^(?:i|we) (?:now )?work (?:at|for) /i, "works_at"],
];

/** Arguments for a tool of the memory, from the one command that says beyond doubt what to do; the more they fit, the higher. */
export function memoryArguments({ name: tool, parameters }: ToolSpec, text: string) {
  const bare = text.replace(/"[^"]*"/g, "");
  if (/[.!?]\s|\n/.test(bare) || joinsCommand(bare)) return null;
  const properties = isObject(parameters["properties"]) ? parameters["properties"] : {};
  const said = (command: RegExp): string | undefined => command.exec(text)?.[1]?.replace(/^"([^"]+)"$/, "$1");
  const fact = said(FACT);
  if (isObject(properties["nodes"]) && properties["nodes"]["type"] === "array") {
    return fact === undefined ? null : { args: nodesOf(fact), score: 50 };
  }
  switch (tool) {
    case "remember": {
      if (fact === undefined || IS_A.test(fact)) return null;
      const relation = RELATIONS.find(([words]) => words.test(fact))?.[1];
      return { args: { text: fact, ...(relation !== undefined && { relation }) }, score: 60 };
    }
    case "correct": {
      const right = said(WRONG);
      return right === undefined ? null : { args: { text: right }, score: 60 };
    }
    case "forget": {
      const over = said(OVER);
      return over === undefined ? null : { args: over === "" ? {} : { fact: over }, score: 60 };
    }
    default:
      return null;
  }
}

/** "Alice is a person" is a node of that name; everything else is one that notes it. */
function nodesOf(fact: string): JsonObject {
  const [, name, type] = IS_A.exec(fact) ?? [];
  if (name !== undefined && type !== undefined) return { nodes: [{ type: type.toLowerCase(), name }] };
  return { nodes: [{ type: "note", name: shorten(fact, 80), content: fact }] };
}
