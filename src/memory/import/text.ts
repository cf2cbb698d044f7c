import { SparkyError } from "../../core/errors.ts";
import { MAX_IMPORT_BYTES } from "../../wire/limits.ts";

/** The file as it comes in: bytes, then text, then lines. Each is bounded. */

/** Of one line, or one thing in a file. */
export const MOST_LENGTH = 1_048_576;

const PIECE = 65_536;

export const PUT_RIGHT = "put the file right, or export it again: nothing of it was imported";

/** A failure that ends the reading: what comes behind it cannot be understood. */
export function badFile(line: number, what: string): SparkyError {
  return new SparkyError("invalid_input", `line ${line}: ${what}`, { hint: PUT_RIGHT });
}

export const tooLong = (line: number): SparkyError =>
  badFile(line, `what begins here is longer than ${MOST_LENGTH / 1024} KB`);

/** Its text in pieces. Throws `too_large` for more than may be, `invalid_input` for what is not UTF-8. */
export async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  let line = 1;
  let text = "";
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > MAX_IMPORT_BYTES) throw tooLarge();
    try {
      text += decoder.decode(chunk, { stream: true });
    } catch {
      const [before = ""] = new TextDecoder().decode(chunk).split("\u{FFFD}", 1);
      throw badFile(line + newlines(text + before), "this is not UTF-8 text");
    }
    // However small the chunks are: whoever waits for the end of a thing begins to look again with each piece.
    if (text.length < PIECE) continue;
    line += newlines(text);
    yield text;
    text = "";
  }
  try {
    text += decoder.decode();
  } catch {
    throw badFile(line + newlines(text), "the file ends in the middle of a character");
  }
  if (text !== "") yield text;
}

function tooLarge(): SparkyError {
  return new SparkyError("too_large", `the file is larger than ${MAX_IMPORT_BYTES / 1_048_576} MB`, {
    hint: "split it: each part needs the nodes that its edges join",
  });
}

export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Without their ends. What stands behind the last newline is a line too, if there is anything. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = "";
  let number = 1;
  for await (const piece of pieces) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_LENGTH) throw tooLong(number + lines.length);
    for (const text of lines) {
      if (text.length > MOST_LENGTH) throw tooLong(number);
      yield { number, text: text.endsWith("\r") ? text.slice(0, -1) : text };
      number += 1;
    }
  }
  if (rest !== "") yield { number, text: rest };
}

export function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
