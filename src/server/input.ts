import type { z } from "zod";
import { SparkyError } from "../core/errors.ts";

/** What comes in from outside, and the one line that says what is wrong with it. */

export const MAX_BODY_BYTES = 1_048_576;

/** Throws `invalid_input` naming each wrong field and what it must be. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  if (hasNul(value)) throw new SparkyError("invalid_input", "text must not contain the character U+0000");
  const result = schema.safeParse(value);
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

async function readText(request: Request): Promise<string> {
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

/** At most three issues, as `path: what it must be`. */
export function issuesInWords(error: z.ZodError): string {
  const lines = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.join(".");
    return path === "" ? inWords(issue) : `${path}: ${inWords(issue)}`;
  });
  const more = error.issues.length - lines.length;
  return lines.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined && issue.message.endsWith("undefined")) return "is required";
      return `must be ${article(issue.expected)}`;
    case "unrecognized_keys":
      return `unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    case "invalid_format":
      return issue.format === "datetime" ? "must be a time such as 2026-12-01T09:00:00Z" : issue.message;
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "not_multiple_of":
    case "custom":
      return issue.message;
    default:
      return "is not valid";
  }
}

function article(expected: string): string {
  const words: { readonly [type: string]: string } = {
    int: "a whole number",
    record: "an object",
    object: "an object",
  };
  return words[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

/** PostgreSQL cannot store this character in text; no person means to send it. Any depth of nesting is looked through. */
function hasNul(value: unknown): boolean {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === "string" && next.includes("\0")) return true;
    if (typeof next !== "object" || next === null) continue;
    for (const [key, item] of Object.entries(next)) {
      if (key.includes("\0")) return true;
      left.push(item);
    }
  }
  return false;
}
