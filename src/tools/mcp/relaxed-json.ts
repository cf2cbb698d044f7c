import { SparkyError } from "../../core/errors.ts";
import { badJson } from "../../core/bad-json.ts";

/** Strings first, so that what looks like a comment or a comma inside of one stays. */
const EXTRAS = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*[}\]])/g;
const PIECES = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * JSON as editors keep it: comments, and a comma behind the last of a list. A name that stands twice in one object is refused,
 * where JSON itself would take the last without a word. Throws `invalid_input` with the place.
 */
export function parseRelaxedJson(text: string, what: string): unknown {
  // Each is replaced by as many blanks, so that places stay what they are.
  const plain = text.replace(EXTRAS, (piece) => (piece.startsWith('"') ? piece : piece.replace(/[^\n]/g, " ")));
  const bad = badJson(plain);
  if (bad !== null) throw new SparkyError("invalid_input", `${what} is not JSON: ${bad}`);
  const twice = repeatedName(plain);
  if (twice !== null) {
    throw new SparkyError("invalid_input", `${what}: ${JSON.stringify(twice)} is there twice in the same place`, {
      hint: "rename one of them, or take it out",
    });
  }
  return JSON.parse(plain);
}

/** Of sound JSON; null: each name is there once. */
function repeatedName(json: string): string | null {
  const open: (Set<string> | null)[] = [];
  let isName = false;
  for (const [piece] of json.matchAll(PIECES)) {
    const names = open.at(-1);
    if (piece === "{" || piece === "[") {
      open.push(piece === "{" ? new Set() : null);
      isName = piece === "{";
    } else if (piece === "}" || piece === "]") {
      open.pop();
      isName = false;
    } else if (piece === ",") {
      isName = names !== null && names !== undefined;
    } else if (piece !== ":" && isName && names != null) {
      const name = JSON.parse(piece) as string;
      if (names.has(name)) return name;
      names.add(name);
      isName = false;
    }
  }
  return null;
}
