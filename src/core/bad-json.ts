import { exactLine } from "./exact.ts";
import { piece } from "./text.ts";

/** Where and why a text is not JSON, in words for whoever wrote it, a person or a model; null: it is JSON. Pure. */
export function badJson(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const { at, why } = firstFault(text) ?? { at: 0, why: (error as Error).message };
    // Plainly: what JSON would make of quotes and line breaks is read worse than they are.
    const near = exactLine(piece(text, Math.max(0, at - NEAR), at + NEAR), 4 * NEAR);
    return `${why} at ${placeOf(text, at)}${near === "" ? "" : `, near ${near}`}`;
  }
}

function placeOf(text: string, at: number): string {
  if (!text.includes("\n")) return `character ${at + 1}`;
  const before = text.slice(0, at);
  return `line ${before.split("\n").length}, column ${at - before.lastIndexOf("\n")}`;
}

/** How much is shown on either side of the place. */
const NEAR = 30;

const SPACE = /[ \t\n\r]*/y;
const STRING = /"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*"/y;
const OTHER = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

interface Fault {
  /** UTF-16 units from the beginning. */
  readonly at: number;
  readonly why: string;
}

/** JSON.parse names the place only sometimes. Walks without recursion: nesting is the model's to choose. */
function firstFault(text: string): Fault | null {
  const open: ("{" | "[")[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  let wanted: "value" | "name" | "colon" | "next" = "value";
  let first = false;
  for (;;) {
    skip(SPACE);
    const char = text[at];
    if (wanted === "next" && open.length === 0) return char === undefined ? null : { at, why: "there is more" };
    if (char === undefined) return { at, why: "it ends in the middle" };
    const closes = char === (open.at(-1) === "{" ? "}" : "]") && open.length > 0;
    if (closes && (wanted === "next" || first)) {
      at++;
      open.pop();
      [wanted, first] = ["next", false];
    } else if (wanted === "next") {
      if (char !== ",") return { at, why: `"," or "${open.at(-1) === "{" ? "}" : "]"}" is missing` };
      at++;
      wanted = open.at(-1) === "{" ? "name" : "value";
    } else if (wanted === "colon") {
      if (char !== ":") return { at, why: '":" is missing' };
      at++;
      wanted = "value";
    } else if (wanted === "name") {
      if (!skip(STRING))
        return { at, why: char === '"' ? stringFault(text, at) : "a name in double quotes is missing" };
      [wanted, first] = ["colon", false];
    } else if (char === "{" || char === "[") {
      at++;
      open.push(char);
      [wanted, first] = [char === "{" ? "name" : "value", true];
    } else {
      if (!skip(STRING) && !skip(OTHER)) {
        return { at, why: char === '"' ? stringFault(text, at) : "there is no value" };
      }
      [wanted, first] = ["next", false];
    }
  }
}

function stringFault(text: string, at: number): string {
  return text.indexOf('"', at + 1) === -1
    ? "a string without its end begins"
    : "a string with a bad escape, or a line break that is not escaped, begins";
}
