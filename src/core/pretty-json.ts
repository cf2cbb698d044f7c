/** Deeper than this a value is written in one line: indented, its text would grow with the square of the depth. */
const DEEPEST = 40;

/** A value as JSON for people to read, whatever a model or tool has nested in it. */
export function prettyJson(value: unknown): string {
  let line: string;
  try {
    line = JSON.stringify(value) ?? "";
  } catch {
    return "[nested too deeply to be shown]";
  }
  return depthOf(line) > DEEPEST ? line : (JSON.stringify(value, null, 2) ?? "");
}

function depthOf(json: string): number {
  let [depth, deepest] = [0, 0];
  for (const [mark] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (mark === "[" || mark === "{") deepest = Math.max(deepest, ++depth);
    else if (mark === "]" || mark === "}") depth--;
  }
  return deepest;
}
