import { SparkyError } from "./errors.ts";

/** Levels of lists and objects within each other: whoever reads a value one level a call must come to its end. */
export const MAX_NESTING = 100;

/**
 * Throws for what no person means to send and nothing behind this can keep: a character that PostgreSQL does not store
 * in text, and nesting without end. Itself it looks level by level.
 */
export function checkStorable(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) {
      throw new SparkyError("invalid_input", `lists and objects must not be nested deeper than ${MAX_NESTING} levels`);
    }
    const inner: unknown[] = [];
    for (const item of level) {
      if (typeof item === "string") checkText(item);
      if (typeof item !== "object" || item === null) continue;
      for (const [key, each] of Object.entries(item)) {
        checkText(key);
        inner.push(each);
      }
    }
    level = inner;
  }
}

function checkText(text: string): void {
  if (text.includes("\0")) throw new SparkyError("invalid_input", "text must not contain the character U+0000");
}
