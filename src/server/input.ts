import type { z } from "zod";
import { badJson } from "../core/bad-json.ts";
import { SparkyError } from "../core/errors.ts";
import { checkStorable } from "../core/storable.ts";
import { soundValue } from "../core/text.ts";
import { issuesInWords } from "../wire/issue-words.ts";

/** What comes in from outside, and the one line that says what is wrong with it. */

export const MAX_BODY_BYTES = 1_048_576;

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
    throw new SparkyError("invalid_input", `${what} is not valid JSON: ${badJson(text)}`, { cause });
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
