import type { z } from "zod";
import { SparkyError } from "../core/errors.ts";
import { soundValue } from "../core/text.ts";
import { issuesInWords } from "../wire/issue-words.ts";

/** What comes in from outside, and the one line that says what is wrong with it. */

export const MAX_BODY_BYTES = 1_048_576;
/** Levels of lists and objects within each other: whoever reads a value one level a call must come to its end. */
export const MAX_NESTING = 100;

/** Throws `invalid_input` naming each wrong field and what it must be. Half a character in a text becomes U+FFFD. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  checkStorable(value);
  const result = schema.safeParse(soundValue(value));
  if (result.success) return result.data;
  throw new SparkyError("invalid_input", issuesInWords(result.error));
}

/** The request's body as JSON; an absent body is an empty object. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  return text.trim() === "" ? {} : parseJson(text, "the body");
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SparkyError("invalid_input", `${what} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

/** The request's body, within bounds. */
export async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (request.body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof SparkyError) throw cause;
    throw new SparkyError("invalid_input", "the body could not be read as UTF-8 text", { cause });
  }
}

function tooLarge(): SparkyError {
  return new SparkyError("too_large", `the body is larger than ${MAX_BODY_BYTES / 1024} KB`, {
    hint: "put long material into a file and name the file",
  });
}

/**
 * Throws for what no person means to send and nothing behind this can keep: a character that PostgreSQL does not store
 * in text, and nesting without end. Itself it looks level by level.
 */
function checkStorable(value: unknown): void {
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
